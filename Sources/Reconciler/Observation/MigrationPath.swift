package import Spec

/// Whose migration, and from where to where.
package struct MigrationPath: Sendable, Hashable {
    package var uuid: UniqueID
    package var from: Name
    package var to: Name

    package init(uuid: UniqueID, from: Name, to: Name) {
        self.uuid = uuid
        self.from = from
        self.to = to
    }
}

extension InstanceMove {
    /// Which nodes it goes from and to.
    package var path: MigrationPath { MigrationPath(uuid: uuid, from: from, to: to) }
}
