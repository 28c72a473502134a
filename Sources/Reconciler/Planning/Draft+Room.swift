import Spec

extension Draft {
    func room(of name: Name) -> Room {
        guard let node = answered[name], let spec = cluster.nodes[name] else { return Room(vcpus: 0, memory: 0) }
        var room = Room(
            vcpus: Double(spec.capacityVCPUs ?? node.vcpus) * spec.overcommit.vcpus,
            memory: Double((spec.capacityMemory ?? node.memory).bytes) * spec.overcommit.memory)
        if let incoming = incoming[name] { room.promise(vcpus: incoming.vcpus, memory: incoming.memory) }
        for domain in node.domains {
            room.promise(vcpus: domain.demand.vcpus, memory: domain.demand.memory)
        }
        return room
    }
}
