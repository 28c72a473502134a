import Spec

/// The members of a group that are to be together and have no place yet: the first of them decides for all.
struct AffinityGroup {
    let count: Int
    let vcpus: Double
    let memory: Double
    /// What nodes with the same value of a label have together, by value; nil where all share one node.
    let capacities: (label: String, byValue: [String: NodeCapacity])?

    /// Why not all of them can be with the first on a node; nil where they can.
    func obstacle(on node: Node, _ capacity: NodeCapacity) -> String? {
        var (capacity, place) = (capacity, "the node")
        if let capacities {
            guard let value = node.labels[capacities.label], let common = capacities.byValue[value] else { return nil }
            (capacity, place) = (common, "\(capacities.label) \(value)")
        }
        guard !capacity.fits(vcpus: vcpus, memory: memory) else { return nil }
        return "all \(count) members must run together, but \(place) has "
            + capacity.shortage(vcpus: vcpus, memory: memory)
    }
}
