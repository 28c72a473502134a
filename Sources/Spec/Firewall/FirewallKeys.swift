import YAML

/// The keys of a firewall.
enum FirewallKeys {
    static let ingress = Key(
        "ingress", Kind<[Firewall.Rule]>.firewallRules(FirewallRuleKeys.from, FirewallRuleKeys.incoming),
        "What may come in; nothing else does, and an empty list lets nothing in.", unset: "everything",
        example: "[{from: {members: lb}, ports: [8080]}]")
    static let egress = Key(
        "egress", Kind<[Firewall.Rule]>.firewallRules(FirewallRuleKeys.to, FirewallRuleKeys.outgoing),
        "Where the guest may open connections to; nowhere else, and an empty list lets it open none.",
        unset: "everywhere", example: "[{to: 10.0.0.0/8, ports: [443]}]")
    static let addresses = Key(
        "addresses", Kind<[CIDR]>.list(of: .block, "addresses and networks"),
        "Addresses beside its own that the instance may send from, such as those of networks that it routes.",
        unset: "none", example: "[10.9.0.0/16]")
    static let table = Table("a firewall", [ingress, egress, addresses])
}

/// The keys of a firewall's rule.
enum FirewallRuleKeys {
    static let from = Key(
        "from", Kind<Firewall.Peer>.firewallPeer,
        "Who may come in: `any`, an address or a network in CIDR notation, the name of a network, or the members of a group.",
        example: "{members: lb}")
    static let to = Key(
        "to", Kind<Firewall.Peer>.firewallPeer,
        "Where to: `any`, an address or a network in CIDR notation, the name of a network, or the members of a group.",
        example: "{members: db}")
    static let transport = Key(
        "protocol", Kind<Firewall.Transport>.choice, "`tcp`, `udp` or `icmp`.",
        unset: "`tcp` where ports are given, else every protocol", example: "udp")
    static let ports = Key(
        "ports", Kind<[Firewall.PortRange]>.list(of: .portRange, "ports"),
        "The ports of whoever is connected to, each a number or a range.", unset: "all",
        example: "[8080, 9000-9100]")
    static let incoming = Table("a rule of ingress", [from, transport, ports], required: [from], principal: from)
    static let outgoing = Table("a rule of egress", [to, transport, ports], required: [to], principal: to)
}

/// The keys of a firewall's peer that is no word.
enum FirewallPeerKeys {
    static let members = Key(
        "members", Kind<Name>.name, "The group or instance whose members are meant.", example: "lb")
    static let table = Table("a peer of a firewall", [members], required: [members], principal: members)
}

extension Kind where Value == Firewall {
    static var firewall: Kind {
        .object(
            FirewallKeys.table,
            { firewall in
                [
                    FirewallKeys.ingress.written(firewall.ingress), FirewallKeys.egress.written(firewall.egress),
                    FirewallKeys.addresses.writtenUnlessEmpty(firewall.addresses),
                ]
            }
        ) { reader in
            Firewall(
                ingress: reader.optional(FirewallKeys.ingress), egress: reader.optional(FirewallKeys.egress),
                addresses: reader.optional(FirewallKeys.addresses) ?? [])
        }
    }
}

extension Kind where Value == [Firewall.Rule] {
    /// Rules of one direction; each has its place below the list, from 1.
    fileprivate static func firewallRules(_ peer: Key<Firewall.Peer>, _ table: Table) -> Kind {
        let expected = "a list of rules"
        return Kind(
            expected: expected, schema: .list(.object(table)),
            write: { rules in
                .list(
                    rules.map { rule in
                        table.node([
                            peer.written(rule.peer), FirewallRuleKeys.transport.written(rule.transport),
                            FirewallRuleKeys.ports.writtenUnlessEmpty(rule.ports),
                        ])
                    })
            }
        ) { node, path, context in
            if case .invalid = node.content { return nil }
            guard case .sequence(let nodes) = node.content else {
                context.mismatch(
                    node, path: path, expected: expected,
                    remedy: node.mapping != nil ? "begin each rule with a dash" : nil)
                return nil
            }
            return nodes.enumerated().compactMap { index, node in
                let place = "\(path).\(index + 1)"
                guard let reader = MapReader(node, table: table, path: place, context: context),
                    let rule = Firewall.Rule(reader, peer)
                else { return nil }
                context.record(place, at: node.mark)
                return rule
            }
        }
    }
}

extension Firewall.Rule {
    fileprivate init?(_ reader: MapReader, _ key: Key<Firewall.Peer>) {
        let given = reader.required(key)
        let transport = reader.optional(FirewallRuleKeys.transport)
        let ports = reader.optional(FirewallRuleKeys.ports) ?? []
        let place = reader.mark(of: FirewallRuleKeys.ports)
        if let transport, !transport.hasPorts, reader.has(FirewallRuleKeys.ports) {
            reader.context.error(
                place, "\(reader.path).ports: \(transport.rawValue) has no ports", remedy: "remove ports")
            return nil
        }
        if reader.has(FirewallRuleKeys.ports), ports.isEmpty {
            // Wrong ones were complained about; none must not be taken for all.
            if reader.mapping[FirewallRuleKeys.ports.name]?.sequence?.isEmpty == true {
                reader.context.error(
                    place, "\(reader.path).ports: expected a port, found an empty list",
                    remedy: "name a port, or remove ports for all of them")
            }
            return nil
        }
        guard let given else { return nil }
        self.init(given, transport ?? (ports.isEmpty ? nil : .tcp), ports: ports)
    }
}

extension Kind where Value == Firewall.Peer {
    /// `any`, an address or a block of them, a network's name, or a map that names a group.
    fileprivate static var firewallPeer: Kind {
        let expected = "any, a network such as 10.0.0.0/24, the name of a network, or {members: GROUP}"
        return Kind(
            expected: expected,
            schema: .either([.text(pattern: nil), .object(FirewallPeerKeys.table)]),
            write: { peer in
                switch peer {
                case .any: .text("any")
                case .block(let block): Kind<CIDR>.block.write(block)
                case .network(let name): .text(name.text)
                case .members(let name): FirewallPeerKeys.table.node([FirewallPeerKeys.members.written(name)])
                }
            }
        ) { node, path, context in
            if node.mapping != nil {
                return MapReader(node, table: FirewallPeerKeys.table, path: path, context: context)?
                    .required(FirewallPeerKeys.members).map { .members(of: $0) }
            }
            guard let text = context.text(node, path: path, expected: expected) else { return nil }
            if text == "any" { return .any }
            if let name = Name(text) { return .network(name) }
            guard text.contains(where: { ".:/".contains($0) }) else {
                context.mismatch(node, path: path, expected: expected)
                return nil
            }
            return Kind<CIDR>.block.read(node, path, context).map { .block($0) }
        }
    }
}

extension Kind where Value == CIDR {
    /// An address, or a block of addresses whose host bits are zero.
    fileprivate static var block: Kind {
        .parsed(
            "an address or a network such as 10.0.0.0/24", pattern: "^[0-9.]+(/[0-9]+)?$",
            { text throws(Complaint) in
                if let address = IPv4Address(text), let block = CIDR(network: address, prefix: 32) { return block }
                let parts = text.split(separator: "/", omittingEmptySubsequences: false)
                guard parts.count == 2, let address = IPv4Address(String(parts[0])), let prefix = Int(parts[1]),
                    String(prefix) == parts[1], let block = CIDR(containing: address, prefix: prefix)
                else { throw Complaint(remedy: text.contains(":") ? "only IPv4 is supported here" : nil) }
                guard block.network == address else {
                    throw Complaint(
                        message: "\(text) is an address in a network, not the network itself",
                        remedy: "write \(block), or \(address) for the address alone")
                }
                return block
            }, text: { $0.prefix == 32 ? "\($0.network)" : "\($0)" })
    }
}

extension Kind where Value == Firewall.PortRange {
    /// A port's number, or the first and the last of a range.
    fileprivate static var portRange: Kind {
        let expected = "a port from 1 to 65535, or a range such as 9000-9100"
        return Kind(
            expected: expected,
            schema: .either([.integer(1...65_535), .text(pattern: "^[0-9]{1,5}-[0-9]{1,5}$")]),
            write: { $0.from == $0.to ? .plain($0.from) : .text($0.description) }
        ) { node, path, context in
            guard let scalar = context.scalar(node, path: path, expected: expected) else { return nil }
            let ends = scalar.text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
            guard let from = ends.first, let to = ends.last, ends.count <= 2,
                [from, to].allSatisfy({ (1...65_535).contains($0) })
            else {
                context.mismatch(YAML.Node(.scalar(scalar), at: node.mark), path: path, expected: expected)
                return nil
            }
            guard from <= to else {
                context.error(
                    node.mark, "\(path): the range \(scalar.text) ends before it begins", remedy: "write \(to)-\(from)")
                return nil
            }
            return Firewall.PortRange(from: from, to: to)
        }
    }
}
