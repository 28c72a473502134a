extension InstanceField {
    static let firewall = InstanceField(
        "firewall", .firewall, \.firewall,
        "What may reach the instance and what it may reach. Its nodes see to it, outside the guest, and keep it from "
            + "sending under another MAC or address than its own. It carries IPv4 only.", unset: "none",
        example: "{ingress: [{from: {members: lb}, ports: [8080]}]}", effect: .policy,
        traits: Traits(rules: [
            .firewallsAreNotPassedBy, .firewallsNameSomebody, .firewallRulesDiffer, .firewallsLetReadinessIn,
        ]))
}

extension Rule {
    /// The nodes see what a filtered instance sends and gets.
    fileprivate static let firewallsAreNotPassedBy = Rule { cluster in
        cluster.orderedInstances.compactMap { instance in
            guard instance.firewall != nil, let place = instance.positions["firewall"],
                let (nic, network) = instance.nics.lazy.compactMap({ nic in
                    cluster.networks[nic.network].map { (nic, $0) }
                }).first(where: { $1.mode.traits.passesFilters })
            else { return nil }
            return Diagnostic(
                at: place,
                "the instance \"\(instance.group ?? instance.name)\" cannot have a firewall: what its NIC \(nic.name) carries in the "
                    + "network \"\(network.name)\" of mode \(network.mode.name) passes its node's filter by",
                remedy: "remove firewall, or give the NIC a network of another mode",
                related: .init("the network", at: network.position))
        }
    }

    /// A rule's peer is in the spec.
    fileprivate static let firewallsNameSomebody = Rule(needsEverything: true) { cluster in
        let instances = cluster.instances.values
        guard instances.contains(where: { $0.firewall != nil }) else { return [] }
        let groups = Set(instances.compactMap(\.group))
        let members = Suggestions(
            Set(cluster.instances.keys).union(groups).map(\.text), noun: "instance or group")
        let networks = Suggestions(cluster.networks.keys.map(\.text), noun: "network")
        return cluster.orderedInstances.flatMap { instance in
            instance.firewallRules.compactMap { place, rule -> Diagnostic? in
                guard let mark = instance.positions[place] else { return nil }
                switch rule.peer {
                case .any, .block: return nil
                case .network(let name):
                    if let network = cluster.networks[name] {
                        guard network.cidr == nil, network.positions["cidr"] == nil else { return nil }
                        return Diagnostic(
                            at: mark, "\(place): the network \"\(name)\" has no cidr, so its addresses are unknown",
                            remedy: "add cidr: to it, or write the addresses here",
                            related: .init("the network", at: network.position))
                    }
                    let isGroup = cluster.instances[name] != nil || groups.contains(name)
                    return Diagnostic(
                        at: mark, "\(place): there is no network \"\(name)\"",
                        remedy: isGroup ? "write {members: \(name)}" : networks.remedy(for: name.text))
                case .members(let name):
                    guard cluster.instances[name] == nil, !groups.contains(name) else { return nil }
                    return Diagnostic(
                        at: mark, "\(place): there is no instance or group \"\(name)\"",
                        remedy: cluster.networks[name] != nil ? "write \(name)" : members.remedy(for: name.text))
                }
            }
        }
    }

    /// A rule that another one includes says something else than was meant.
    fileprivate static let firewallRulesDiffer = Rule { cluster in
        cluster.orderedInstances.flatMap { instance -> [Diagnostic] in
            [instance.firewall?.ingress, instance.firewall?.egress].enumerated().flatMap { direction, rules in
                let path = "firewall.\(direction == 0 ? "ingress" : "egress")"
                return (rules ?? []).enumerated().compactMap { index, rule -> Diagnostic? in
                    guard let mark = instance.positions["\(path).\(index + 1)"],
                        let other = (rules ?? []).enumerated().first(where: {
                            $0.offset != index && $0.element.includes(rule)
                                && ($0.offset < index || !rule.includes($0.element))
                        })
                    else { return nil }
                    return Diagnostic(
                        .warning, at: mark,
                        "\(path).\(index + 1) has no effect: rule \(other.offset + 1) lets all of it through already",
                        remedy: "remove one of them",
                        related: instance.positions["\(path).\(other.offset + 1)"].map {
                            .init("the other rule", at: $0)
                        })
                }
            }
        }
    }

    /// Whoever waits for an SSH server's answer has to be let in.
    fileprivate static let firewallsLetReadinessIn = Rule { cluster in
        cluster.orderedInstances.compactMap { instance in
            guard instance.ready.when == .ssh, let rules = instance.firewall?.ingress,
                let place = instance.positions["ready.when"] ?? instance.positions["ready"],
                !rules.contains(where: { rule in
                    if case .members = rule.peer { return false }
                    return rule.lets(.tcp, 22)
                })
            else { return nil }
            return Diagnostic(
                at: place,
                "the instance \"\(instance.group ?? instance.name)\" cannot have ready: ssh: its firewall does not let the "
                    + "node in at port 22",
                remedy: "add {from: NETWORK, ports: [22]} to its ingress, or write ready: agent",
                related: instance.positions["firewall.ingress"].map { .init("its ingress", at: $0) })
        }
    }
}

extension Firewall.Rule {
    /// Whether a port may be connected to.
    fileprivate func lets(_ wanted: Firewall.Transport, _ port: Int) -> Bool {
        guard transport == nil || transport == wanted else { return false }
        return ports.isEmpty || ports.contains { $0.contains(Firewall.PortRange(from: port, to: port)) }
    }
}

extension Instance {
    /// The rules of its firewall, each with the path to its peer.
    fileprivate var firewallRules: [(place: String, rule: Firewall.Rule)] {
        func placed(_ rules: [Firewall.Rule]?, _ direction: String, _ key: String) -> [(String, Firewall.Rule)] {
            (rules ?? []).enumerated().map { ("firewall.\(direction).\($0 + 1).\(key)", $1) }
        }
        return placed(firewall?.ingress, "ingress", "from") + placed(firewall?.egress, "egress", "to")
    }
}
