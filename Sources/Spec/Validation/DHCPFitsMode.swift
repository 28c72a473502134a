extension Rule {
    /// Only networks that kvmctl makes have a DHCP server of ours, only others have one of somebody else's.
    static let dhcpFitsMode = Rule { cluster in
        cluster.networks.values.compactMap { network in
            guard let place = network.positions["dhcp"], network.positions["mode"] != nil else { return nil }
            switch (network.dhcp, network.mode.traits.dhcpServer) {
            case (.range, .lan(let why)):
                return Diagnostic(
                    at: place, "a DHCP range belongs to mode \(NetworkModes.names { $0.hasOurServer }): \(why)",
                    remedy: "write dhcp: none or dhcp: external")
            case (.external, .ours):
                return Diagnostic(
                    at: place,
                    "dhcp: external belongs to mode \(NetworkModes.names { $0.hasServerOfLAN }): no other server reaches "
                        + "into a network of mode \(NetworkModes.names { $0.hasOurServer })",
                    remedy: "write dhcp: none or a range")
            default:
                return nil
            }
        }
    }
}
