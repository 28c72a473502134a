import YAML

/// The keys of a NIC.
enum NICKeys {
    static let network = Key("network", Kind<Name>.name, "The NIC's network; required.", example: "front")
    static let address = Key(
        "address", Kind<IPv4Address>.address, "The NIC's address.", unset: "kvmctl or DHCP chooses",
        example: "192.168.222.20"
    )
    static let mac = Key(
        "mac", Kind<MACAddress>.mac, "The NIC's MAC address.", unset: "derived from the names",
        example: "52:54:00:12:34:56")
    static let mtu = Key(
        "mtu", Kind<Int>.integer(576...65_486, "a number of bytes"),
        "The largest packet that the guest sends through it; at most the network's.", unset: "the network's",
        example: "1400")
    static let routes = Key(
        "routes", Kind<[Route]>.list(of: .route, "routes"), "The guest's routes to other networks through it.",
        unset: "none", example: "[{to: 10.0.0.0/8, via: 192.168.222.254}]")
    static let leadsOut = Key(
        "defaultRoute", Kind<Bool>.boolean, "Whether the guest's default route leads through it.",
        unset: "through the first NIC that has a gateway", example: "true")
    static let bandwidth = Key(
        "bandwidth", Kind<Bandwidth>.bandwidth, "How much the guest may receive and send through it.",
        unset: "no limit", example: "{in: 100Mbit, out: 100Mbit}")
    private static let settings: [any KeyDescription] = [address, mac, mtu, routes, leadsOut, bandwidth]
    static let table = Table("a NIC", [network] + settings, principal: network)
    /// What stands below a network's name in the short form.
    static let inNetwork = Table("a network's NIC", settings, acceptsNull: true, principal: address)

    /// What a spec says of a NIC, its network first.
    static func written(_ nic: NIC) -> [WrittenKey] {
        [
            network.written(nic.network), address.written(nic.address), mac.written(nic.mac), mtu.written(nic.mtu),
            routes.writtenUnlessEmpty(nic.routes), leadsOut.written(nic.leadsOut), bandwidth.written(nic.bandwidth),
        ]
    }
}

/// The keys of a route.
enum RouteKeys {
    static let destination = Key(
        "to", Kind<CIDR>.destination, "The network or address that it leads to; required.", example: "10.0.0.0/8")
    static let gateway = Key(
        "via", Kind<IPv4Address>.address, "The next router, in the NIC's own network; required.",
        example: "192.168.222.254")
    static let table = Table("a route", [destination, gateway])
}

/// The keys of a limit on traffic.
enum BandwidthKeys {
    static let incoming = Key(
        "in", Kind<Bandwidth.Rate>.rate, "The most that the guest may receive.", unset: "no limit", example: "100Mbit")
    static let outgoing = Key(
        "out", Kind<Bandwidth.Rate>.rate, "The most that the guest may send.", unset: "no limit", example: "100Mbit")
    static let table = Table("a bandwidth", [incoming, outgoing])
}

extension Kind where Value == [Name] {
    /// The short form of NICs, which `Layering` writes out; it is read here only where it is neither list nor map.
    static var networks: Kind {
        let names = Kind.list(of: .name, "networks")
        return Kind(
            expected: "a list of networks, or a map of them",
            schema: .either([names.schema, .map(.object(NICKeys.inNetwork))]), write: names.write,
            read: names.read)
    }
}

extension Kind where Value == NIC {
    /// A NIC without its name, which must name its network.
    static var nic: Kind {
        .object(NICKeys.table, { NICKeys.written($0) }) { reader in
            var nic = NIC(name: .unreadable, network: reader.required(NICKeys.network) ?? .unreadable)
            nic.address = reader.optional(NICKeys.address)
            nic.mac = reader.optional(NICKeys.mac)
            nic.mtu = reader.optional(NICKeys.mtu)
            nic.routes = reader.optional(NICKeys.routes) ?? []
            nic.leadsOut = reader.optional(NICKeys.leadsOut)
            nic.bandwidth = reader.optional(NICKeys.bandwidth)
            return nic
        }
    }
}

extension Kind where Value == Route {
    fileprivate static var route: Kind {
        .object(
            RouteKeys.table,
            { [RouteKeys.destination.written($0.destination), RouteKeys.gateway.written($0.gateway)] }
        ) { reader in
            guard let destination = reader.required(RouteKeys.destination),
                let gateway = reader.required(RouteKeys.gateway)
            else { return nil }
            return Route(to: destination, via: gateway)
        }
    }
}

extension Kind where Value == CIDR {
    /// Where a route leads: a network, its host bits zero, or one address.
    fileprivate static var destination: Kind {
        .parsed(
            "a network such as 10.0.0.0/8, or an address", pattern: "^[0-9.]+(/[0-9]+)?$",
            { text throws(Complaint) in
                if let address = IPv4Address(text), let host = CIDR(network: address, prefix: 32) { return host }
                let parts = text.split(separator: "/", omittingEmptySubsequences: false)
                guard parts.count == 2, let address = IPv4Address(String(parts[0])), let prefix = Int(parts[1]),
                    String(prefix) == parts[1], (0...32).contains(prefix)
                else {
                    if text == "default" { throw Complaint(remedy: "write defaultRoute: true on the NIC") }
                    throw Complaint()
                }
                guard prefix > 0 else {
                    throw Complaint(
                        message: "\(text) is the default route", remedy: "write defaultRoute: true on the NIC")
                }
                guard let cidr = CIDR(network: address, prefix: prefix) else {
                    let network = CIDR(containing: address, prefix: prefix)
                    throw Complaint(
                        message: "\(text) is an address in a network, not the network itself",
                        remedy: network.map { "write \($0)" })
                }
                return cidr
            }, text: { $0.prefix == 32 ? "\($0.network)" : "\($0)" })
    }
}

extension Kind where Value == Bandwidth {
    fileprivate static var bandwidth: Kind {
        .object(
            BandwidthKeys.table,
            { [BandwidthKeys.incoming.written($0.incoming), BandwidthKeys.outgoing.written($0.outgoing)] }
        ) { reader in
            let bandwidth = Bandwidth(
                incoming: reader.optional(BandwidthKeys.incoming), outgoing: reader.optional(BandwidthKeys.outgoing))
            if !reader.has(BandwidthKeys.incoming), !reader.has(BandwidthKeys.outgoing) {
                reader.context.error(
                    reader.mark, "\(reader.path): it limits nothing", remedy: "give in, out, or both, or remove it")
            }
            return bandwidth
        }
    }
}

extension Kind where Value == Bandwidth.Rate {
    fileprivate static var rate: Kind {
        .parsed("a rate such as 100Mbit, in kbit, Mbit or Gbit", pattern: "^[0-9]+(kbit|Mbit|Gbit)$") {
            text throws(Complaint) in
            guard let rate = Bandwidth.Rate(text) else {
                let digits = text.prefix { ("0"..."9").contains($0) }
                let unit = text.dropFirst(digits.count).trimmingPrefix { $0 == " " }
                // A capital B is a byte, eight times as much.
                let meant =
                    switch unit.contains("B") ? "" : unit.lowercased() {
                    case "k", "kb", "kbit", "kbits", "kbps", "kbit/s": "kbit"
                    case "m", "mb", "mbit", "mbits", "mbps", "mbit/s": "Mbit"
                    case "g", "gb", "gbit", "gbits", "gbps", "gbit/s": "Gbit"
                    default: ""
                    }
                let near = "\(digits)\(meant)"
                throw Complaint(remedy: Bandwidth.Rate(near).map { _ in "write \(near)" })
            }
            return rate
        }
    }
}
