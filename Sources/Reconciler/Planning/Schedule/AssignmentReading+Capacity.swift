import Spec

extension AssignmentReading {
    /// What nodes give to instances, in all.
    typealias NodeDemands = [Name: (vcpus: Double, memory: Double)]

    /// What a node has to give, with its domains and what moves there.
    func capacity(of name: Name) -> NodeCapacity {
        guard var capacity = index.capacities[name] else { return NodeCapacity(vcpus: 0, memory: 0) }
        if let incoming = assignments.incoming[name] {
            capacity.promise(vcpus: incoming.vcpus, memory: incoming.memory)
        }
        return capacity
    }

    /// The capacity of a node with what this plan makes there.
    func capacity(of node: Name, with new: NodeDemands) -> NodeCapacity {
        var capacity = capacity(of: node)
        if let new = new[node] { capacity.promise(vcpus: new.vcpus, memory: new.memory) }
        return capacity
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
