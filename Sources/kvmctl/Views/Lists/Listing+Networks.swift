import Formats
import Reconciler
import Spec

extension Listing {
    /// The spec's networks on each node that answered.
    static func networks(_ cluster: Cluster, _ fleet: ObservedFleet) -> Listing {
        let networks = cluster.networks.values.sorted { $0.name < $1.name }
        let rows = networks.flatMap { network in
            fleet.answeredNodes.map { row(network, on: $0, ClusterIdentity(cluster)) }
        }
        return Listing(
            kind: "networks",
            columns: [
                .init("NAME"), .init("NODE"), .init("MODE"), .init("CIDR"), .init("STATUS"), .init("BRIDGE"),
                .init("RESERVATIONS"), .init("UUID", wide: true),
            ],
            rows: rows, unknownNodes: fleet.unknownNodes)
    }

    private static func row(_ network: Network, on node: ObservedNode, _ cluster: ClusterIdentity) -> Row {
        let found = node.networks.first { network.isSame(as: $0, in: cluster) }
        let cidr = network.cidr?.description ?? found?.cidr?.description
        let status: String
        let bridge: String?
        switch network.mode.link {
        case .bridge(let port):
            bridge = port.bridge
            status = port.isOpenSwitch && node.switches == nil ? "unknown" : node.has(port) ? "present" : "absent"
        case .made, .existing:
            bridge = found?.bridge
            status = found.map { $0.isActive ? "active" : "inactive" } ?? "absent"
        }
        let isWell = status == "active" || status == "present"
        return Row(
            network.name.text,
            cells: [
                Span(network.name.text, .strong), Span(node.name.text), Span(network.mode.words), Span(cidr ?? "-"),
                Span(status, isWell ? nil : .change), Span(bridge ?? "-"),
                Span(found.map { "\($0.reservations.count)" } ?? "-"), Span(found?.uuid.text ?? "-"),
            ],
            value: [
                "name": .text(network.name.text), "node": .text(node.name.text), "mode": .text(network.mode.words),
                "cidr": .optional(cidr), "status": .text(status), "bridge": .optional(bridge),
                "uuid": .optional(found?.uuid.text),
                "reservations": .list(
                    (found?.reservations ?? []).map {
                        [
                            "mac": .text($0.mac.description), "address": .text($0.address.description),
                            "name": .text($0.name),
                        ]
                    }),
            ])
    }
}

extension Network {
    /// Whether a network on a node is this one: by its mark, or by name where it is libvirt's own.
    fileprivate func isSame(as found: ObservedNetwork, in cluster: ClusterIdentity) -> Bool {
        switch mode.link {
        case .existing(let name): found.name == name
        case .bridge: false
        case .made: found.mark?.cluster == cluster && found.mark?.network == self.name
        }
    }
}

extension Network.Mode {
    /// As lists say it.
    var words: String {
        switch link {
        case .existing(let network): "\(name) (\(network))"
        case .bridge(let port): name + (port.vlan.map { " (VLAN \($0))" } ?? "")
        case .made: name
        }
    }
}
