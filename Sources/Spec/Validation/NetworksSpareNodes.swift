extension Rule {
    /// A network that kvmctl makes and that covers a node's own address, or its bastion's, would cut that node off from us.
    static let networksSpareNodes = Rule { cluster in
        cluster.networks.values.flatMap { network -> [Diagnostic] in
            guard network.isOurs else { return [] }
            let ways = cluster.orderedNodes.flatMap(\.waypoints)
            func complaint(_ key: String, _ range: String?, _ isCovered: (Waypoint) -> Bool) -> Diagnostic? {
                guard let range, let place = network.positions[key], let way = ways.first(where: isCovered) else {
                    return nil
                }
                return Diagnostic(
                    at: place,
                    "the network \"\(network.name)\" (\(range)) covers the address of \(way.what), \(way.text)",
                    remedy: "choose another \(key)", related: .init("the node", at: way.position))
            }
            return [
                complaint("cidr", network.cidr?.description) { way in
                    IPv4Address(way.text).flatMap { network.cidr?.contains($0) } == true
                },
                complaint("cidr6", network.cidr6?.description) { way in
                    IPv6Address(way.text).flatMap { network.cidr6?.contains($0) } == true
                },
            ].compactMap(\.self)
        }
    }
}

/// An address that must stay reachable so that a node is.
private struct Waypoint {
    let what: String
    /// An address of IPv4 or IPv6.
    let text: String
    let position: Position
}

extension Node {
    /// The addresses on the way to the node, as far as the spec itself says them.
    fileprivate var waypoints: [Waypoint] {
        var found: [Waypoint] = []
        if case .host(let host) = address {
            found.append(
                Waypoint(what: "the node \"\(name)\"", text: host, position: positions["address"] ?? position))
        }
        if let overlay {
            found.append(
                Waypoint(
                    what: "the node \"\(name)\" for other nodes", text: overlay.description,
                    position: positions["overlay"] ?? position))
        }
        if let jump {
            found.append(
                Waypoint(
                    what: "the jump host of the node \"\(name)\"", text: String(HostText(jump).host),
                    position: positions["jump"] ?? position))
        }
        return found
    }
}
