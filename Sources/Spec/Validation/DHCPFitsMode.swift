extension Rule {
    /// Only libvirt's own networks have a DHCP server of ours, only others have one of somebody else's.
    static let dhcpFitsMode = Rule { cluster in
        cluster.networks.values.compactMap { network in
            guard let place = network.positions["dhcp"], network.positions["mode"] != nil else { return nil }
            switch (network.dhcp, network.mode) {
            case (.range, .bridge):
                return Diagnostic(
                    at: place,
                    "a DHCP range needs mode nat or isolated: kvmctl runs no DHCP server on a node's bridge",
                    remedy: "write dhcp: none or dhcp: external")
            case (.external, .nat), (.external, .isolated):
                return Diagnostic(
                    at: place,
                    "dhcp: external needs mode bridge: no external server reaches a network of mode nat or isolated",
                    remedy: "write dhcp: none or a range")
            default:
                return nil
            }
        }
    }
}
