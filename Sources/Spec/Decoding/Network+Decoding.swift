import YAML

/// The keys of a network.
enum NetworkKeys {
    static let modes = ["nat", "isolated", "bridge"]
    static let mode = Key(
        "mode", Kind<String>.choice(of: modes, { modes.contains($0) ? $0 : nil }, word: \.self),
        "How guests reach other networks: `nat` through their node, `isolated` not at all, `bridge` through a bridge of the nodes. Required unless `existing` is given.",
        example: "nat")
    static let bridge = Key(
        "bridge", Kind<String>.interface, "The bridge on the nodes; required in mode `bridge`, not allowed otherwise.",
        example: "br0")
    static let existing = Key(
        "existing", Kind<String>.libvirtName,
        "An existing libvirt network, which kvmctl never changes; replaces `mode`.", example: "default")
    static let cidr = Key(
        "cidr", Kind<CIDR>.cidr, "The network's address range; required in mode `nat`.", example: "192.168.222.0/24")
    static let gateway = Key(
        "gateway", Kind<IPv4Address>.address,
        "The guests' gateway; in mode `nat` and `isolated` the node's own address.",
        unset: "the first host of `cidr` in mode `nat` and `isolated`, else none", example: "192.168.222.1")
    static let addresses = Key(
        "addresses", Kind<AddressRange>.range,
        "The range that kvmctl gives to instances; an address is unique on all nodes.",
        unset:
            "`cidr` without network, gateway, broadcast and DHCP range in mode `nat` and `isolated`; else kvmctl gives none",
        example: "{from: 192.168.222.10, to: 192.168.222.99}")
    static let dhcp = Key(
        "dhcp", Kind<Network.DHCP>.dhcp,
        "The addresses that DHCP gives to other machines: a range in mode `nat` and `isolated`, `none`, or on a bridge `external` for the LAN's own server.",
        unset: "reservations for instances only; `external` on a bridge without `addresses`",
        example: "{from: 192.168.222.100, to: 192.168.222.200}"
    )
    static let dns = Key(
        "dns", Kind<[IPv4Address]>.list(of: .address, "addresses"), "Name servers for guests.",
        unset: "the gateway in mode `nat`, else none", example: "[192.168.222.1]")
    static let table = Table(
        "a network", [mode, bridge, existing, cidr, gateway, addresses, dhcp, dns], principal: mode)
}

extension Kind where Value == String {
    /// The name of a network interface on a node.
    static var interface: Kind {
        .word("the name of a bridge such as br0", pattern: "^[A-Za-z0-9_.-]{1,15}$", limit: 15) {
            $0.isAlphanumeric || "_.-".unicodeScalars.contains($0)
        }
    }

    /// The name of something of libvirt's own.
    static var libvirtName: Kind {
        .word("the name of a libvirt network", pattern: "^[A-Za-z0-9_.+-]+$", limit: 100) {
            $0.isAlphanumeric || "_.+-".unicodeScalars.contains($0)
        }
    }
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
            let mode = Network.mode(reader)
            var network = Network(
                name: definition.name, mode: mode ?? .isolated, part: definition.part, isManaged: definition.isManaged,
                position: definition.position)
            network.cidr = reader.optional(NetworkKeys.cidr)
            // Also where it is wrong, so that no rule says that there is none.
            if reader.has(NetworkKeys.cidr) { context.record("cidr", at: reader.mark(of: NetworkKeys.cidr)) }
            network.gateway = reader.optional(NetworkKeys.gateway)
            network.addresses = reader.optional(NetworkKeys.addresses)
            network.dhcp = reader.optional(NetworkKeys.dhcp)
            if case .bridge = network.mode, !reader.has(NetworkKeys.dhcp), !reader.has(NetworkKeys.addresses) {
                // Nobody else gives addresses on a LAN then, and a guest without one is not what anybody means.
                network.dhcp = .external
            }
            network.dns = reader.optional(NetworkKeys.dns) ?? []
            if mode == .nat, !reader.has(NetworkKeys.cidr) {
                context.error(
                    definition.mark, "the network \"\(definition.name)\" has mode nat but no cidr",
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
            name: definition.name, mode: .nat, part: definition.part, isManaged: definition.isManaged,
            position: definition.position)
    }

    private static func mode(_ reader: MapReader) -> Mode? {
        if reader.has(NetworkKeys.existing) {
            for key in [NetworkKeys.mode, NetworkKeys.bridge] where reader.has(key) {
                reader.context.error(
                    reader.mark(of: key), "\(key.name) cannot be combined with existing: libvirt's network has its own")
            }
            return reader.optional(NetworkKeys.existing).map { .existing($0) }
        }
        let mode = reader.required(NetworkKeys.mode)
        if reader.has(NetworkKeys.bridge), let mode, mode != "bridge" {
            reader.context.error(
                reader.mark(of: NetworkKeys.bridge),
                "bridge is for mode bridge only, and this network has mode \(mode)",
                remedy: "remove it, or write mode: bridge")
        }
        switch mode {
        case "nat": return .nat
        case "isolated": return .isolated
        case "bridge": return reader.required(NetworkKeys.bridge).map { .bridge($0) }
        default: return nil
        }
    }
}
