/// Everything the user wants, merged from all files of a run.
package struct Cluster: Sendable, Equatable {
    package var name: Name
    /// What makes the fleet unique beyond its name.
    package var id: String?
    /// The parts that this run creates, changes and prunes.
    package var parts: Set<Name>
    /// The files that are only read through `uses:`, as the current folder sees them.
    package var usedFiles: Set<String> = []
    package var nodes: [Name: Node] = [:]
    package var migration = MigrationPolicy()
    /// Always holds `local`.
    package var pools: [Name: Pool] = [:]
    package var flavors: [Name: Flavor] = [:]
    package var images: [Name: Image] = [:]
    package var networks: [Name: Network] = [:]
    /// Every member of every group, and the single ones.
    package var instances: [Name: Instance] = [:]

    /// Where the first file starts.
    package var position: Position?

    package init(name: Name, id: String? = nil, parts: Set<Name>) {
        self.name = name
        self.id = id
        self.parts = parts
    }
}
