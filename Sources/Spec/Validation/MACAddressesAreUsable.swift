extension Rule {
    /// A NIC's own address is one station's, and not all zeroes.
    static let macAddressesAreUsable = Rule { cluster in
        cluster.instances.values.flatMap { instance in
            instance.nics.compactMap { nic in
                guard let mac = nic.mac, let place = instance.positions["nics.\(nic.name).mac"] else { return nil }
                if mac.isMulticast {
                    return Diagnostic(
                        at: place, "the MAC address \(mac) is a multicast address, which no NIC can have",
                        remedy: "start it with 52:54:00")
                }
                if mac.value >> 40 == 0xFE {
                    return Diagnostic(
                        at: place,
                        "the MAC address \(mac) starts with fe, which libvirt reserves for the node's side of NICs",
                        remedy: "start it with 52:54:00")
                }
                guard mac.value == 0 else { return nil }
                return Diagnostic(
                    at: place, "the MAC address \(mac) is not a NIC's address", remedy: "start it with 52:54:00")
            }
        }
    }
}
