import Spec

extension Classifier {
    /// Refuses an edit after which a network would no longer hold the addresses that its instances have.
    ///
    /// Nothing new is put into such a network until that is resolved: it would get addresses that are not there yet.
    mutating func checkNetworkEdits() {
        for network in cluster.networks.values.sorted(by: { $0.name < $1.name }) where isReaddressed(network) {
            let lost = addresses(in: network).filter { !holds($0.address, network) }
            guard !lost.isEmpty else { continue }
            classification.refusedNetworks.insert(network.name)
            let shown = lost.prefix(8).map { "\($0.instance) uses \($0.address)" }
            let more = lost.count > shown.count ? " and \(lost.count - shown.count) more" : ""
            let isOutside = lost.contains { network.cidr?.contains($0.address) != true }
            let isInTheWay = lost.contains { $0.address == network.gatewayAddress }
            // What is left then is the IPv6 gateway.
            let field = isOutside ? "cidr" : isInTheWay || network.gateway6 == nil ? "gateway" : "gateway6"
            let gateways = [
                network.gatewayAddress.map { "the gateway \($0)" },
                network.gatewayAddress6.map { "the IPv6 gateway \($0)" },
            ].compactMap(\.self)
            classification.findings.refusals.append(
                Plan.Refusal(
                    ObjectReference(.network, network.name.text, on: nil),
                    reason: "it cannot change to \(network.cidr?.description ?? "a network without addresses")"
                        + (gateways.isEmpty ? "" : " with \(gateways.joined(separator: " and "))")
                        + ": \(shown.joined(separator: ", "))\(more)",
                    remedy: field == "gateway6"
                        ? "choose a gateway6 with a host number that no instance has"
                        : "choose a cidr that contains the addresses of the instances, or use the new one for a new network",
                    position: network.positions[field] ?? network.position))
        }
        guard !refusedNetworks.isEmpty else { return }
        for instance in classification.missing {
            guard let nic = instance.nics.first(where: { refusedNetworks.contains($0.network) }) else { continue }
            classification.excluded.insert(instance.name)
            classification.findings.changes.append(
                .waitingCreation(instance, "the change of its network \(nic.network) is refused"))
        }
        removeExcluded()
    }

    /// Whether a node has the network with other addresses than the spec says.
    private func isReaddressed(_ network: Network) -> Bool {
        guard network.isOurs, network.isManaged, manages(network.part) else { return false }
        return answered.values.contains { node in
            guard let applied = ownedNetwork(network.name, on: node)?.mark?.applied else { return false }
            return applied["cidr"] != network.cidr?.description
                || applied["gateway"] != network.gatewayAddress?.description
                || applied["gateway6"] != network.gatewayAddress6?.description
        }
    }

    /// The addresses that kvmctl gave to instances that stay, in a network, in name order.
    private func addresses(in network: Network) -> [(instance: Name, address: IPv4Address)] {
        owned.filter { removals[$0.key] == nil }.sorted { $0.key < $1.key }.flatMap { instance, owned in
            owned.domain.nics.compactMap { nic -> (instance: Name, address: IPv4Address)? in
                guard case .network(let name) = nic.attachment,
                    answered[owned.node].flatMap({ ownedNetwork(network.name, on: $0) })?.name == name
                else { return nil }
                return nic.name.flatMap { owned.mark.nics[$0]?.address }.map { (instance, $0) }
            }
        }
    }

    private func holds(_ address: IPv4Address, _ network: Network) -> Bool {
        guard let cidr = network.cidr, cidr.contains(address) else { return false }
        if let gateway = network.gatewayAddress6, gateway == network.address6(beside: address) { return false }
        return address != cidr.network && address != cidr.broadcast && address != network.gatewayAddress
    }
}
