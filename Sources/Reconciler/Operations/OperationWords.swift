/// How an operation is spoken of.
package struct OperationWords: Sendable, Equatable {
    /// Its name for programs: `createVolume`.
    package var name: String
    /// What it does, as an item in a list: `create volume demo.web.root.qcow2`.
    package var item: String
    /// What it does to what, for the first line of an error: `creating the volume …`.
    package var purpose: String
    /// Whether it can take long enough that its start is worth a line.
    package var isLong: Bool

    package init(_ name: String, _ item: String, purpose: String, isLong: Bool = false) {
        self.name = name
        self.item = item
        self.purpose = purpose
        self.isLong = isLong
    }
}
