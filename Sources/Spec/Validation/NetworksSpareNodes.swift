extension Rule {
    /// A network that kvmctl makes and that covers a node's own address, or its bastion's, would cut that node off from us.
    static let networksSpareNodes = Rule { cluster in
        cluster.networks.values.flatMap { network -> [Diagnostic] in
            guard network.isOurs, let cidr = network.cidr,
                let place = network.positions["cidr"]
            else { return [] }
            return cluster.orderedNodes.flatMap(\.waypoints).filter { cidr.contains($0.address) }.prefix(1).map { way in
                Diagnostic(
                    at: place,
                    "the network \"\(network.name)\" (\(cidr)) covers the address of \(way.what), \(way.address)",
                    remedy: "choose another cidr", related: .init("the node", at: way.position))
            }
        }
    }
}

/// An address that must stay reachable so that a node is.
private struct Waypoint {
    let what: String
    let address: IPv4Address
    let position: Position
}

extension Node {
    /// The addresses on the way to the node, as far as the spec itself says them.
    fileprivate var waypoints: [Waypoint] {
        var found: [Waypoint] = []
        if case .host(let host) = address, let address = IPv4Address(host) {
            found.append(
                Waypoint(what: "the node \"\(name)\"", address: address, position: positions["address"] ?? position))
        }
        if let overlay {
            found.append(
                Waypoint(
                    what: "the node \"\(name)\" for other nodes", address: overlay,
                    position: positions["overlay"] ?? position))
        }
        let host = jump.map { jump in jump.split(separator: "@").last.map { $0.prefix { $0 != ":" } } ?? "" } ?? ""
        if let address = IPv4Address(String(host)) {
            found.append(
                Waypoint(
                    what: "the jump host of the node \"\(name)\"", address: address,
                    position: positions["jump"] ?? position))
        }
        return found
    }
}
