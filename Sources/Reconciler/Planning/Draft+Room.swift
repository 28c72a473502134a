import Spec

extension Draft {
    func room(of name: Name) -> Room {
        guard let node = answered[name], let spec = cluster.nodes[name] else { return Room(vcpus: 0, memory: 0) }
        var room = Room(
            vcpus: Double(spec.capacityVCPUs ?? node.vcpus) * spec.overcommit.vcpus,
            memory: Double((spec.capacityMemory ?? node.memory).bytes) * spec.overcommit.memory)
        if let incoming = incoming[name] { room.promise(vcpus: incoming.vcpus, memory: incoming.memory) }
        for domain in node.domains {
            room.promise(
                vcpus: Double(max(domain.vcpus, domain.liveVCPUs ?? 0)),
                memory: Double(max(domain.memory, domain.liveMemory ?? domain.memory).bytes))
        }
        return room
    }

    func shortage(_ room: Room, vcpus: Double, memory: Double) -> String {
        var lacks: [String] = []
        if room.promisedVCPUs + vcpus > room.vcpus {
            lacks.append(
                "\(max(0, Int(room.vcpus - room.promisedVCPUs))) of \(Int(room.vcpus)) vCPUs free, \(Int(vcpus)) wanted"
            )
        }
        if room.promisedMemory + memory > room.memory {
            let free = UInt64(max(0, room.memory - room.promisedMemory)) >> 20
            lacks.append("\(free)MiB of \(UInt64(room.memory) >> 20)MiB memory free, \(UInt64(memory) >> 20)MiB wanted")
        }
        return "no room: " + lacks.joined(separator: " and ")
    }
}
