import Reconciler
import Spec

/// Where an instance is and how it is reached.
struct LoginTarget: Sendable, Hashable {
    var instance: Name
    var node: Name
    /// The domain's name on the node.
    var domain: String
    var uuid: UniqueID
    var address: IPv4Address?
    /// Whether the address is one of a LAN, which this machine may reach without the node.
    var isOnLAN: Bool
    var isRunning: Bool

    /// Why an instance cannot be logged in to.
    struct Problem: Error, Sendable, Hashable {
        var message: String
        var remedy: String
        var status: RunStatus
    }

    /// Finds an instance among what the nodes say.
    static func find(
        _ name: String, in cluster: Cluster, _ fleet: ObservedFleet
    ) throws(Problem) -> LoginTarget {
        let identity = ClusterIdentity(cluster)
        for node in fleet.answeredNodes {
            for domain in node.domains {
                guard let mark = domain.mark, mark.cluster == identity, mark.instance.text == name else { continue }
                let best = address(of: domain, mark, cluster)
                return LoginTarget(
                    instance: mark.instance, node: node.name, domain: domain.name, uuid: domain.uuid,
                    address: best?.address, isOnLAN: best?.isOnLAN ?? false, isRunning: domain.power == .running)
            }
        }
        throw missing(name, in: cluster, fleet, known: instances(of: identity, fleet))
    }

    /// The first address on a LAN, else the first of the others: given ones before those that were only seen.
    private static func address(
        of domain: ObservedDomain, _ mark: DomainMark, _ cluster: Cluster
    ) -> (address: IPv4Address, isOnLAN: Bool)? {
        let networks = Array(cluster.networks.values)
        func isOnLAN(_ address: IPv4Address) -> Bool {
            networks.contains { network in
                guard case .bridge = network.mode else { return false }
                return network.cidr?.contains(address) ?? false
            }
        }
        let given = mark.nics.sorted { $0.key < $1.key }.compactMap(\.value.address)
        let all = given + domain.seenAddresses.filter { !given.contains($0) }
        if let address = all.first(where: isOnLAN) { return (address, true) }
        return all.first.map { ($0, false) }
    }

    private static func instances(of cluster: ClusterIdentity, _ fleet: ObservedFleet) -> [String] {
        fleet.answeredNodes.flatMap { node in
            node.domains.compactMap { $0.mark?.cluster == cluster ? $0.mark?.instance.text : nil }
        }.sorted()
    }

    private static func missing(
        _ name: String, in cluster: Cluster, _ fleet: ObservedFleet, known: [String]
    ) -> Problem {
        let unknown = fleet.unknownNodes.map(\.text).joined(separator: ", ")
        guard unknown.isEmpty else {
            return Problem(
                message: "no node that answers has an instance \(name); \(unknown) did not answer",
                remedy: "look at kvmctl get nodes", status: .nodeUnreachable)
        }
        let isWanted = Name(name).map { cluster.instances[$0] != nil } ?? false
        if isWanted {
            return Problem(
                message: "the instance \(name) is in the spec, and no node has it", remedy: "make it with kvmctl apply",
                status: .failed)
        }
        return Problem(
            message: "there is no instance \(name)",
            remedy: known.isEmpty ? "no node has any" : "there are \(known.joined(separator: ", "))", status: .failed)
    }
}
