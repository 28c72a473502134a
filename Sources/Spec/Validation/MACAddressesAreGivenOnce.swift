extension Rule {
    /// A MAC address belongs to one NIC of the fleet.
    static let macAddressesAreGivenOnce = Rule { cluster in
        var first: [MACAddress: (name: Name, place: Position)] = [:]
        var found: [Diagnostic] = []
        for instance in cluster.orderedInstances {
            for nic in instance.nics {
                guard let mac = nic.mac, let place = instance.positions["nics.\(nic.name).mac"] else { continue }
                guard let other = first[mac] else {
                    first[mac] = (instance.name, place)
                    continue
                }
                // A group's single MAC address is another rule's business.
                guard other.place != place else { continue }
                found.append(
                    Diagnostic(
                        at: place,
                        "the MAC address \(mac) is assigned twice, to the instances \"\(other.name)\" and \"\(instance.name)\"",
                        related: .init("first assigned", at: other.place)))
            }
        }
        return found
    }
}
