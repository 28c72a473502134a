import Spec

extension ClassificationReading {
    /// Why one of our networks cannot be on a node; nil where it is there or can be made.
    func networkConflict(_ network: Network, on node: ObservedNode) -> Obstacle? {
        if ownedNetwork(network.name, on: node) != nil { return nil }
        if refusedNetworks.contains(network.name) {
            return Obstacle(
                "the change of network \(network.name) is refused", remedy: "see the refusal of the network")
        }
        return nameConflict(network, on: node) ?? overlayConflict(network, on: node)
            ?? rangeConflict(network, on: node).map {
                Obstacle("\($0.reason) (network \(network.name))", remedy: $0.remedy)
            }
    }

    private func rangeConflict(_ network: Network, on node: ObservedNode) -> Obstacle? {
        let bridge = names.bridge(network.name)
        if let cidr = network.cidr, let conflict = addressConflict(cidr, besides: bridge, on: node) { return conflict }
        guard network.gatewayAddress6 != nil else { return nil }
        return network.cidr6.flatMap { addressConflict($0, besides: bridge, on: node) }
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
        if let lack = network.mode.obstacle(to: network.name, on: observed) {
            return Obstacle(lack.reason, remedy: lack.remedy)
        }
        return network.isOurs ? networkConflict(network, on: observed) : nil
    }
}
