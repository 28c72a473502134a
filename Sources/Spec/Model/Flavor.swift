/// A named size for instances.
package struct Flavor: Sendable, Equatable {
    package var name: Name
    package var vcpus: Int?
    package var memory: Size?
    /// The root disk's size.
    package var disk: Size?
    package var position: Position
    /// Where each field was written, by its path such as `memory`; what was not written has no place.
    package var positions: [String: Position] = [:]

    package init(name: Name, position: Position) {
        self.name = name
        self.position = position
    }
}
