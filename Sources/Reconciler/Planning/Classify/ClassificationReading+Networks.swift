import Spec

extension ClassificationReading {
    /// Why one of our networks cannot be on a node; nil where it is there or can be made.
    func networkConflict(_ network: Network, on node: ObservedNode) -> Obstacle? {
        if ownedNetwork(network.name, on: node) != nil { return nil }
        if refusedNetworks.contains(network.name) {
            return Obstacle(
                "the change of network \(network.name) is refused", remedy: "see the refusal of the network")
        }
        return nameConflict(network, on: node)
            ?? network.cidr.flatMap { addressConflict($0, besides: names.bridge(network.name), on: node) }.map {
                Obstacle("\($0.reason) (network \(network.name))", remedy: $0.remedy)
            }
    }

    /// Why an instance cannot have its NICs on a node, or nil where it can.
    func networkObstacle(_ observed: ObservedNode, for instance: Instance) -> Obstacle? {
        for nic in instance.nics {
            if let network = cluster.networks[nic.network], let obstacle = obstacle(to: network, on: observed) {
                return obstacle
            }
        }
        return nil
    }

    /// Why nothing can be plugged into a network on a node, or nil where it can.
    func obstacle(to network: Network, on observed: ObservedNode) -> Obstacle? {
        switch network.mode {
        case .bridge(let bridge) where !observed.bridges.contains(bridge):
            return Obstacle(
                "it has no bridge \(bridge) (network \(network.name))",
                remedy: "create the bridge \(bridge) on \(observed.name), or give the NIC another network")
        case .existing(let name):
            guard let found = observed.networks.first(where: { $0.name == name }) else {
                return Obstacle(
                    "it has no libvirt network \(name) (network \(network.name))",
                    remedy: "define it on \(observed.name) with virsh net-define, or give the NIC another network")
            }
            guard !found.isActive else { return nil }
            return Obstacle(
                "its libvirt network \(name) is not running (network \(network.name))",
                remedy: "start it on \(observed.name): virsh net-start \(name)"
                    + (found.autostart ? "" : "; virsh net-autostart \(name)"))
        case .nat, .isolated: return networkConflict(network, on: observed)
        default: return nil
        }
    }
}
