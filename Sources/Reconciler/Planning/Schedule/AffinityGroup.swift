import Spec

/// The members of a group that are to be together and have no place yet: the first of them decides for all.
struct AffinityGroup {
    let count: Int
    let vcpus: Double
    let memory: Double
    /// What nodes with the same value of a label have together, by value; nil where all share one node.
    let rooms: (label: String, byValue: [String: NodeCapacity])?

    /// Why not all of them can be with the first on a node; nil where they can.
    func obstacle(on node: Node, _ room: NodeCapacity) -> String? {
        var (room, place) = (room, "the node")
        if let rooms {
            guard let value = node.labels[rooms.label], let common = rooms.byValue[value] else { return nil }
            (room, place) = (common, "\(rooms.label) \(value)")
        }
        guard !room.fits(vcpus: vcpus, memory: memory) else { return nil }
        return "all \(count) members must run together, but \(place) has "
            + room.shortage(vcpus: vcpus, memory: memory)
    }
}
