extension Rule {
    /// NICs can only be in networks that there are.
    static let networksExist = Rule(needsEverything: true) { cluster in
        let networks = Suggestions(cluster.networks.keys.map(\.text), noun: "network")
        return cluster.orderedInstances.flatMap { instance in
            instance.nics.compactMap { nic in
                guard let place = instance.positions["nics.\(nic.name).network"], cluster.networks[nic.network] == nil
                else { return nil }
                return Diagnostic(
                    at: place, "there is no network \"\(nic.network)\"",
                    remedy: networks.remedy(for: nic.network.text))
            }
        }
    }
}
