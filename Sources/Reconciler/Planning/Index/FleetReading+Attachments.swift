import Spec

extension FleetReading {
    /// What the spec says now and did not say when it was last applied, in path order.
    func differences(
        applied: [String: String], wanted: [String: String], effect: (String) -> FieldChange.Effect
    ) -> [FieldChange] {
        Set(applied.keys).union(wanted.keys).sorted().compactMap { path in
            guard applied[path] != wanted[path] else { return nil }
            return FieldChange(path: path, old: applied[path], new: wanted[path], effect: effect(path), origin: .edit)
        }
    }

    /// What a node is told of an instance's NIC.
    func definition(
        of nic: NIC, in network: Network, _ mac: MACAddress, of instance: Instance, on node: Name
    ) -> DomainDefinition.NIC {
        let attachment = attachment(of: network, on: node)
        var definition = DomainDefinition.NIC(
            nic, in: network, mac, attachment, hasOwnTap: instance.firewall != nil)
        definition.sendsPlainFrames = answered[node]?.needsPlainFrames(at: attachment) ?? false
        return definition
    }

    /// What a NIC in a network is plugged into on a node.
    func attachment(of network: Network, on node: Name) -> NICAttachment {
        switch network.mode.link {
        case .bridge(let port): return .bridge(port)
        case .existing(let name): return .network(name)
        case .made:
            let there = answered[node].flatMap { ownedNetwork(network.name, on: $0) }
            return .network(there?.name ?? names.network(network.name))
        }
    }
}
