import Spec

extension FleetIndexBuilder {
    /// Adds up what each node has to give and what its domains take: every choice of a node asks for it.
    mutating func measureRooms() {
        for (name, node) in answered {
            guard let spec = cluster.nodes[name] else { continue }
            var capacity = NodeCapacity(
                vcpus: Double(spec.capacityVCPUs ?? node.vcpus) * spec.overcommit.vcpus,
                memory: Double((spec.capacityMemory ?? node.memory).bytes) * spec.overcommit.memory)
            for domain in node.domains {
                capacity.promise(vcpus: domain.demand.vcpus, memory: domain.demand.memory)
            }
            index.capacities[name] = capacity
        }
    }

    /// Works out the UUIDs of domains that may be made.
    mutating func deriveDomainIDs() {
        guard !isDestroy else { return }
        for (name, instance) in cluster.instances where instance.isManaged && owned[name] == nil {
            index.domainIDs[name] = names.domainUUID(name)
        }
    }
}
