/// A folder pool to be there.
package struct PoolDefinition: Sendable, Hashable {
    package var name: String
    package var path: String
    package var uuid: UniqueID

    package init(name: String, path: String, uuid: UniqueID) {
        self.name = name
        self.path = path
        self.uuid = uuid
    }
}
