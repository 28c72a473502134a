import Spec

extension AssignmentReading {
    /// What nodes give to instances, in all.
    typealias NodeDemands = [Name: (vcpus: Double, memory: Double)]

    /// What a node has to give, with its domains and what moves there.
    func room(of name: Name) -> NodeCapacity {
        guard var room = index.rooms[name] else { return NodeCapacity(vcpus: 0, memory: 0) }
        if let incoming = assignments.incoming[name] { room.promise(vcpus: incoming.vcpus, memory: incoming.memory) }
        return room
    }

    /// The room of a node with what this plan makes there.
    func room(of node: Name, with new: NodeDemands) -> NodeCapacity {
        var room = room(of: node)
        if let new = new[node] { room.promise(vcpus: new.vcpus, memory: new.memory) }
        return room
    }

    /// Adds up what each node gives to instances that this plan makes there.
    func newDemands(of missing: [Instance]) -> NodeDemands {
        var demands: NodeDemands = [:]
        for instance in missing {
            guard let node = placements[instance.name]?.node else { continue }
            demands[node, default: (0, 0)].vcpus += Double(instance.vcpus)
            demands[node, default: (0, 0)].memory += Double(instance.memory.bytes)
        }
        return demands
    }
}
