extension Rule {
    /// Nobody ever learns an address in a network that has none; waiting for one would never end.
    static let readinessCanBeSeen = Rule { cluster in
        cluster.instances.values.compactMap { instance in
            guard [.address, .ssh].contains(instance.ready.when),
                let place = instance.positions["ready.when"] ?? instance.positions["ready"]
            else { return nil }
            let networks = instance.nics.map { cluster.networks[$0.network] }
            let canBeSeen = networks.contains { network in
                guard let network else { return true }
                return network.cidr != nil || network.positions["cidr"] != nil || network.dhcp == .external
                    || network.mode.traits.needsCIDR
            }
            guard !canBeSeen else { return nil }
            let names = Set(instance.nics.map(\.network.text)).sorted().joined(separator: ", ")
            let why = names.isEmpty ? "it has no NIC" : "its networks have no cidr: \(names)"
            return Diagnostic(
                at: place,
                "the instance \"\(instance.group ?? instance.name)\" cannot have ready: \(instance.ready.when.rawValue): \(why)",
                remedy: "write ready: running, or give a network a cidr")
        }
    }
}
