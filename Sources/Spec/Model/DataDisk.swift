/// A disk beside the root disk, which outlives its instance.
package struct DataDisk: Sendable, Equatable {
    package var name: Name
    package var size: Size
    package var pool: Name

    package init(name: Name, size: Size, pool: Name) {
        self.name = name
        self.size = size
        self.pool = pool
    }
}
