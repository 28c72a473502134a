import Spec

extension Draft {
    /// What the spec says now and did not say when it was last applied, in path order.
    func differences(
        applied: [String: String], wanted: [String: String], effect: (String) -> FieldChange.Effect
    ) -> [FieldChange] {
        Set(applied.keys).union(wanted.keys).sorted().compactMap { path in
            guard applied[path] != wanted[path] else { return nil }
            return FieldChange(path: path, old: applied[path], new: wanted[path], effect: effect(path), origin: .edit)
        }
    }

    /// What differs and is no business of the instance's own machine: the node it is on.
    func differences(_ instance: Instance, _ owned: OwnedDomain) -> [FieldChange] {
        guard let pin = instance.node, pin != owned.node else { return [] }
        return [
            FieldChange(
                path: "node", old: owned.node.text, new: pin.text, effect: .migrate,
                origin: owned.mark.applied["node"] == pin.text ? .drift : .edit, position: instance.positions["node"])
        ]
    }

    /// What a NIC in a network is plugged into on a node.
    func attachment(of network: Network, on node: Name) -> NICAttachment {
        switch network.mode {
        case .bridge(let bridge): return .bridge(bridge)
        case .existing(let name): return .network(name)
        case .nat, .isolated:
            let there = answered[node].flatMap { ownedNetwork(network.name, on: $0) }
            return .network(there?.name ?? names.network(network.name))
        }
    }
}
