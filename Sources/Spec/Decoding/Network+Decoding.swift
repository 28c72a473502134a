import YAML

/// The keys of a network; those that only one mode has are the mode's.
enum NetworkKeys {
    private static let made = NetworkModes.code { $0.hasOurServer }
    private static let modes = NetworkModes.ofWord.map { $0.name }
    static let mode = Key(
        "mode", Kind<String>.choice(of: modes, { modes.contains($0) ? $0 : nil }, word: \.self),
        "How guests reach other networks: \(NetworkModes.ofWord.map { "`\($0.name)` \($0.summary)" }.joined(separator: ", ")). "
            + "Required unless \(NetworkModes.code { $0.replacesMode != nil }) is given.", example: modes.first)
    static let cidr = Key(
        "cidr", Kind<CIDR>.cidr,
        "The network's address range; required in mode \(NetworkModes.code { $0.traits.needsCIDR }).",
        example: "192.168.222.0/24")
    static let gateway = Key(
        "gateway", Kind<IPv4Address>.address, "The guests' gateway; in mode \(made) the node's own address.",
        unset:
            "the first host of `cidr` in mode \(NetworkModes.code { $0.hasOurServer && $0.traits.hasGatewayUnasked }), else none",
        example: "192.168.222.1")
    static let cidr6 = Key(
        "cidr6", Kind<CIDR6>.cidr6,
        "The network's IPv6 range beside `cidr`, a /64: an instance has there the host number that it has in `cidr`.",
        unset: "none", example: "\"fd00:0:0:1::/64\"")
    static let gateway6 = Key(
        "gateway6", Kind<IPv6Address>.address6,
        "The guests' IPv6 gateway; in mode \(made) the node's own address; not allowed in mode "
            + "\(NetworkModes.code { $0.traits.isCarried }).",
        unset: "the host of `cidr6` with the number of the gateway in mode "
            + "\(NetworkModes.code { $0.hasOurServer && $0.traits.hasGatewayUnasked }), else none",
        example: "\"fd00:0:0:1::1\"")
    static let addresses = Key(
        "addresses", Kind<AddressRange>.range,
        "The range that kvmctl gives to instances; an address is unique on all nodes.",
        unset: "`cidr` less network, gateway, broadcast and the DHCP range in mode \(made); else kvmctl gives none",
        example: "{from: 192.168.222.10, to: 192.168.222.99}")
    static let dhcp = Key(
        "dhcp", Kind<Network.DHCP>.dhcp,
        "The addresses that DHCP gives to other machines: a range in mode \(made), `none`, or on a bridge `external` "
            + "for the LAN's own server.",
        unset: "reservations for instances only; `external` on a bridge without `addresses`",
        example: "{from: 192.168.222.100, to: 192.168.222.200}"
    )
    static let dns = Key(
        "dns", Kind<[IPv4Address]>.list(of: .address, "addresses"), "Name servers for guests.",
        unset: "the gateway in mode \(NetworkModes.code { $0.traits.answersNames }), else none",
        example: "[192.168.222.1]")
    static let mtu = Key(
        "mtu", Kind<Int>.integer(576...65_486, "a number of bytes"),
        "The largest packet that the network carries, which its guests are told.",
        unset: "`1450` in mode \(NetworkModes.code { $0.traits.usualMTU == 1450 }), else `1500`", example: "8950")
    static let search = Key(
        "search", Kind<[HostName]>.list(of: .hostname, "domains"),
        "The domains in which guests look for names without one.", unset: "none", example: "[example.org]")
    static let table = Table(
        "a network",
        [mode] + NetworkModes.keys + [cidr, gateway, cidr6, gateway6, addresses, dhcp, dns, search, mtu],
        principal: mode)
}

extension Kind where Value == Network.DHCP {
    /// A range of addresses, or one of two words.
    static var dhcp: Kind {
        let expected = "{from: …, to: …}, none or external"
        let write: @Sendable (Network.DHCP) -> YAML.Node = { dhcp in
            switch dhcp {
            case .range(let range): Kind<AddressRange>.range.write(range)
            case .none: .text("none")
            case .external: .text("external")
            }
        }
        return Kind(
            expected: expected, schema: .either([.choice(["none", "external"]), .object(RangeKeys.table)]), write: write
        ) { node, path, context in
            if node.mapping != nil { return Kind<AddressRange>.range.read(node, path, context).map { .range($0) } }
            switch context.text(node, path: path, expected: expected) {
            case nil: return nil
            case "none": return Network.DHCP.none
            case "external": return .external
            case .some(let text):
                let near = NearMiss.of(text, in: ["none", "external"])
                context.mismatch(node, path: path, expected: expected, remedy: near.map { "did you mean \"\($0)\"?" })
                return nil
            }
        }
    }
}

extension Network {
    /// Reads a network; nil where it is no map.
    init?(_ definition: Definition, context: DecodingContext) {
        let read = context.recording { () -> Network? in
            guard let reader = definition.reader(NetworkKeys.table, context) else { return nil }
            let mode = Mode(reader)
            var network = Network(
                name: definition.name, mode: mode ?? Mode(UnreadMode()), part: definition.part,
                isManaged: definition.isManaged,
                position: definition.position)
            network.cidr = reader.optional(NetworkKeys.cidr)
            // Also where it is wrong, so that no rule says that there is none.
            if reader.has(NetworkKeys.cidr) { context.record("cidr", at: reader.mark(of: NetworkKeys.cidr)) }
            network.gateway = reader.optional(NetworkKeys.gateway)
            network.cidr6 = reader.optional(NetworkKeys.cidr6)
            if reader.has(NetworkKeys.cidr6) { context.record("cidr6", at: reader.mark(of: NetworkKeys.cidr6)) }
            network.gateway6 = reader.optional(NetworkKeys.gateway6)
            network.mode = network.mode.completed(hasGateway: network.gateway != nil)
            network.addresses = reader.optional(NetworkKeys.addresses)
            network.dhcp = reader.optional(NetworkKeys.dhcp)
            if case .lan = network.mode.traits.dhcpServer, !reader.has(NetworkKeys.dhcp),
                !reader.has(NetworkKeys.addresses)
            {
                // Nobody else gives addresses on a LAN then, and a guest without one is not what anybody means.
                network.dhcp = .external
            }
            network.dns = reader.optional(NetworkKeys.dns) ?? []
            network.search = reader.optional(NetworkKeys.search) ?? []
            network.mtu = reader.optional(NetworkKeys.mtu)
            if let mode, mode.traits.needsCIDR, !reader.has(NetworkKeys.cidr) {
                context.error(
                    definition.mark, "the network \"\(definition.name)\" has mode \(mode.name) but no cidr",
                    remedy: "add for example cidr: 192.168.222.0/24")
            }
            return network
        }
        guard var network = read.value else { return nil }
        network.positions = read.positions
        self = network
    }

    /// Stands for a network that could not be read at all, so that what names it is not complained about as well.
    init(unreadable definition: Definition) {
        self.init(
            name: definition.name, mode: Mode(UnreadMode()), part: definition.part, isManaged: definition.isManaged,
            position: definition.position)
        positions["cidr"] = definition.position
    }
}
