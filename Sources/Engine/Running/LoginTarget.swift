package import Reconciler
package import Spec

/// Where an instance is and how it is reached.
package struct LoginTarget: Sendable, Hashable {
    package var instance: Name
    package var node: Name
    /// The domain's name on the node.
    package var domain: String
    package var uuid: UniqueID
    package var address: IPv4Address?
    /// Whether the address is one of a LAN, which this machine may reach without the node.
    package var isOnLAN: Bool
    package var isRunning: Bool

    package init(
        instance: Name, node: Name, domain: String, uuid: UniqueID, address: IPv4Address?, isOnLAN: Bool,
        isRunning: Bool
    ) {
        self.instance = instance
        self.node = node
        self.domain = domain
        self.uuid = uuid
        self.address = address
        self.isOnLAN = isOnLAN
        self.isRunning = isRunning
    }

    /// Asks all nodes at once for an instance.
    ///
    /// - Throws: where it is on none that answers.
    package static func find(
        _ name: String, in cluster: Cluster, over access: any FleetAccess
    ) async throws(RunFailure) -> LoginTarget {
        let fleet = await access.withRound(over: cluster) { session in await Survey.inventory(on: session) }
        try RunFailure.checkInterruption()
        return try find(name, in: cluster, fleet)
    }

    /// Finds an instance among what the nodes say.
    package static func find(
        _ name: String, in cluster: Cluster, _ fleet: ObservedFleet
    ) throws(RunFailure) -> LoginTarget {
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
                // Nobody knows whether this machine is in a VLAN.
                guard case .bridge(let port) = network.mode.link, port.vlan == nil else { return false }
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
    ) -> RunFailure {
        let group = UnknownInstance(name, in: cluster)
        guard !group.isGroup else { return RunFailure(group.reason, remedy: group.remedy) }
        let unknown = fleet.unknownNodes.map(\.text).joined(separator: ", ")
        guard unknown.isEmpty else {
            return RunFailure(
                "no node that answers has an instance \(name); \(unknown) did not answer",
                remedy: "kvmctl get nodes shows the reason", .nodeUnreachable)
        }
        let isWanted = Name(name).map { cluster.instances[$0] != nil } ?? false
        if isWanted {
            return RunFailure(
                "the instance \(name) is in the spec, and no node has it", remedy: "create it with kvmctl apply")
        }
        return RunFailure(
            "there is no instance \(name)",
            remedy: known.isEmpty ? "no node has any" : "there are \(known.joined(separator: ", "))")
    }
}
