extension Rule {
    /// NICs can only be in networks that there are.
    static let networksExist = Rule(needsEverything: true) { cluster in
        cluster.instances.values.flatMap { instance in
            instance.nics.compactMap { nic in
                guard let place = instance.positions["nics.\(nic.name).network"], cluster.networks[nic.network] == nil
                else { return nil }
                return Diagnostic(
                    at: place, "there is no network \"\(nic.network)\"",
                    remedy: NearMiss.remedy(
                        for: nic.network.text, in: cluster.networks.keys.map(\.text), noun: "network"))
            }
        }
    }
}
