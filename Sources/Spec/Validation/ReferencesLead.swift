extension Rule {
    /// What a role refers to is there, and gives what is asked for.
    static let referencesLead = Rule(needsEverything: true) { cluster in
        let targets = ReferenceTargets(cluster)
        return cluster.orderedInstances.flatMap { instance in
            instance.roles.sorted { $0.key < $1.key }.flatMap { name, role in
                role.references.compactMap { placed in
                    targets.problem(with: placed, of: name, at: role.path(named: name), in: instance)
                }
            }
        }
    }
}

/// What the references of a spec may name.
private struct ReferenceTargets {
    private let cluster: Cluster
    /// The members of each group, by their numbers.
    private let groups: [Name: [Instance]]
    private let instances: Suggestions
    private let instancesAndGroups: Suggestions
    private let networks: Suggestions

    init(_ cluster: Cluster) {
        self.cluster = cluster
        let members = cluster.instances.values.filter { $0.group != nil }
        groups = Dictionary(grouping: members) { $0.group ?? $0.name }.mapValues { members in
            members.sorted { ($0.member ?? 0, $0.name) < ($1.member ?? 0, $1.name) }
        }
        let names = cluster.instances.keys.map(\.text)
        instances = Suggestions(names, noun: "instance")
        instancesAndGroups = Suggestions(Set(names + groups.keys.map(\.text)), noun: "instance")
        networks = Suggestions(cluster.networks.keys.map(\.text), noun: "network")
    }

    /// A reference as it stands in a role.
    private struct Place {
        /// The path for messages, such as `roles.r.load-balancer.backends`.
        let path: String
        let instance: Instance

        /// Something wrong with one of its keys; nil where that has no place, since it was complained about already.
        func problem(_ key: String, _ message: String, remedy: String? = nil) -> Diagnostic? {
            let shown = key == ReferenceForm.output.rawValue ? "\(path).\(key)" : path
            return instance.positions["\(path).\(key)"].map {
                Diagnostic(at: $0, "\(shown): \(message)", remedy: remedy)
            }
        }
    }

    func problem(
        with placed: PlacedReference, of role: Name, at path: String, in instance: Instance
    ) -> Diagnostic? {
        let place = Place(path: "\(path).\(placed.key)", instance: instance)
        switch placed.reference {
        case .members(let name, let network, _, _):
            guard let found = groups[name] ?? cluster.instances[name].map({ [$0] }) else {
                return place.problem(
                    "members", "there is no instance or group \"\(name)\"",
                    remedy: instancesAndGroups.remedy(for: name.text))
            }
            return problem(name, found, network, itself: "the members themselves", place)
        case .address(let name, let network, _):
            guard let found = name == nil ? instance : name.flatMap({ cluster.instances[$0] }) else {
                return name.flatMap { missing($0, "address", place, instancesAndGroups, "instance or group") }
            }
            return problem(found.name, [found], network, itself: "the address itself", place)
        case .output(let name, let other, let output):
            guard let found = cluster.instances[name] else {
                return missing(name, "output", place, instances, "instance")
            }
            guard found.name != instance.name || other != role else {
                return place.problem("output", "a role cannot have its own output as an input")
            }
            return problem(output, of: other, in: found, takesSecrets: placed.takesSecrets, place)
        }
    }

    /// A name that is no instance's, where one instance is meant.
    private func missing(
        _ name: Name, _ key: String, _ place: Place, _ known: Suggestions, _ noun: String
    ) -> Diagnostic? {
        guard let members = groups[name], let first = members.first else {
            return place.problem(key, "there is no \(noun) \"\(name)\"", remedy: known.remedy(for: name.text))
        }
        return place.problem(
            key, "\(name) is a group of \(members.count)", remedy: "name one of them, such as \(first.name)")
    }

    /// What keeps a role from having the addresses of instances in a network.
    private func problem(
        _ name: Name, _ found: [Instance], _ network: Name, itself: String, _ place: Place
    ) -> Diagnostic? {
        guard let known = cluster.networks[network] else {
            return place.problem(
                "network", "there is no network \"\(network)\"", remedy: networks.remedy(for: network.text))
        }
        let nics = found.map { $0.nics.filter { $0.network == network } }
        guard let lacking = zip(found, nics).first(where: { $1.isEmpty })?.0 else {
            let isKnown = nics.allSatisfy { $0.contains { $0.address != nil } } || known.choosesAddresses
            return isKnown
                ? nil
                : place.problem(
                    "network", "kvmctl does not give the addresses in \"\(network)\"",
                    remedy: "give it addresses:, or write \(itself)")
        }
        let others = Set(lacking.nics.map(\.network.text)).sorted().joined(separator: " and ")
        return place.problem(
            "network", "\(name) has no NIC in the network \"\(network)\"",
            remedy: others.isEmpty ? "it has none at all" : "it has one in \(others)")
    }

    /// What keeps a role from having an output of another one.
    private func problem(
        _ output: String, of name: Name, in instance: Instance, takesSecrets: Bool, _ place: Place
    ) -> Diagnostic? {
        guard let role = instance.roles[name] else {
            // One that could not be read was complained about.
            let path = "\(InstanceField.roles.path).\(name)"
            guard !instance.positions.keys.contains(where: { $0 == path || $0.hasPrefix("\(path).") }) else {
                return nil
            }
            let roles = Suggestions(instance.roles.keys.map(\.text), noun: "roles", owner: "it has")
            return place.problem(
                "output", "\(instance.name) has no role \"\(name)\"", remedy: roles.remedy(for: name.text))
        }
        let outputs = role.outputs
        guard !outputs.isEmpty else {
            return place.problem("output", "roles of the kind \(role.word) have no outputs")
        }
        guard let found = outputs.first(where: { $0.name == output }) else {
            let names = Suggestions(outputs.map(\.name), noun: "outputs", owner: "it has")
            return place.problem(
                "output", "\(role.word) has no output \"\(output)\"", remedy: names.remedy(for: output))
        }
        guard found.isSecret, !takesSecrets else { return nil }
        return place.problem(
            "output", "\(output) of \(role.word) is a secret", remedy: "only an input of the type secret takes it")
    }
}

extension Network {
    /// Whether kvmctl chooses the addresses of its instances, or nobody knows because that could not be read.
    fileprivate var choosesAddresses: Bool {
        guard addresses == nil, cidr != nil || positions["cidr"] == nil else { return true }
        return isOurs && dhcp != .external && cidr != nil
    }
}
