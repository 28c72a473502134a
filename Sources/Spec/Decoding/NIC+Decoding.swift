import YAML

/// A NIC as it is written.
struct NICFields {
    var network: Name?
    var address: IPv4Address?
    var mac: MACAddress?
}

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
    static let table = Table("a NIC", [network, address, mac], principal: network)
    /// What stands below a network's name in the short form.
    static let inNetwork = Table("a network's NIC", [address, mac], acceptsNull: true, principal: address)
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

extension Kind where Value == NICFields {
    /// A NIC, which must name its network.
    static var nic: Kind {
        .object(
            NICKeys.table,
            { nic in
                [
                    NICKeys.network.written(nic.network), NICKeys.address.written(nic.address),
                    NICKeys.mac.written(nic.mac),
                ]
            }
        ) { reader in
            NICFields(
                network: reader.required(NICKeys.network), address: reader.optional(NICKeys.address),
                mac: reader.optional(NICKeys.mac))
        }
    }
}
