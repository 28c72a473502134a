package import Spec

extension ObservedFleet {
    /// Nodes that were asked and did not answer, sorted.
    package var unknownNodes: [Name] {
        nodes.compactMap { if case .unknown = $0.value { $0.key } else { nil } }.sorted()
    }

    /// Nodes that answered, sorted by name.
    package var answeredNodes: [ObservedNode] {
        nodes.values.compactMap { if case .answered(let node) = $0 { node } else { nil } }.sorted { $0.name < $1.name }
    }

    /// The newest roster of a cluster that any node has.
    package func roster(of cluster: ClusterIdentity) -> Roster? {
        answeredNodes.compactMap(\.roster).filter { $0.cluster == cluster }.max { $0.age < $1.age }
    }
}
