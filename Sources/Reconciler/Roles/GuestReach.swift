package import Spec

/// How the node of a guest gets at what its roles serve.
package struct GuestReach: Sendable, Hashable {
    /// The guest's address for its node; nil where none is known.
    package var address: IPv4Address?
    /// Whether the node cannot connect to it.
    ///
    /// The guest's firewall keeps out whom it does not name, or the address is in an overlay that leads nowhere. What roles answer
    /// with is asked for in the guest then.
    package var isShut: Bool

    package init(address: IPv4Address?, isShut: Bool = false) {
        self.address = address
        self.isShut = isShut
    }

    /// Whether only the guest itself can be asked.
    package var isAskedInside: Bool { isShut || address == nil }
}

extension Cluster {
    /// How an instance's node gets at its guest: by a NIC that the node can connect to, or else by the first one with an address.
    ///
    /// - Parameters:
    ///   - given: the address of a NIC.
    ///   - seen: one that the node saw, where none was given.
    package func reach(
        of instance: Instance, seen: IPv4Address?, given: (Name) -> IPv4Address?
    ) -> GuestReach {
        let known = instance.nics.compactMap { nic in given(nic.name).map { (nic, $0) } }
        let open = known.first { nic, _ in networks[nic.network].map(leadsToNodes) ?? true }
        let isFiltered = instance.firewall?.ingress != nil
        if let (_, address) = open { return GuestReach(address: address, isShut: isFiltered) }
        // What a node has seen lately comes and goes, and roles keep the address.
        if known.isEmpty, let seen { return GuestReach(address: seen, isShut: isFiltered) }
        return GuestReach(address: known.first?.1, isShut: true)
    }

    /// The same for a guest that is there.
    package func reach(of instance: Instance, _ domain: ObservedDomain, _ mark: DomainMark) -> GuestReach {
        reach(of: instance, seen: domain.verifiedAddress) { mark.nics[$0]?.address }
    }

    /// Nodes carry the frames of an overlay without a gateway, and are not in it.
    private func leadsToNodes(_ network: Network) -> Bool {
        network.overlayNumber == nil || network.gateway != nil
    }
}
