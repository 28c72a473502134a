import Spec

/// Who has which MAC and address, over all nodes.
struct IdentityHolders {
    var macs: [MACAddress: IdentityHolder] = [:]
    private var addresses: [AddressPlace: IdentityHolder] = [:]
    /// What becomes free in this plan, and by whose removal: nobody gets it at once unless the spec says so.
    var leavingMACs: [MACAddress: Name] = [:]
    private var leavingAddresses: [AddressPlace: Name] = [:]

    /// Who has an address in a network; what nobody knows the network of counts in each.
    func holder(of address: IPv4Address, in network: Name) -> IdentityHolder? {
        addresses[AddressPlace(network: network, address: address)]
            ?? addresses[AddressPlace(network: nil, address: address)]
    }

    func leaving(_ address: IPv4Address, in network: Name) -> Name? {
        leavingAddresses[AddressPlace(network: network, address: address)]
            ?? leavingAddresses[AddressPlace(network: nil, address: address)]
    }

    mutating func take(_ address: IPv4Address, in network: Name?, _ holder: IdentityHolder) {
        addresses[AddressPlace(network: network, address: address)] = holder
    }

    mutating func leave(_ address: IPv4Address, in network: Name?, _ instance: Name) {
        leavingAddresses[AddressPlace(network: network, address: address)] = instance
    }

    /// Takes back what was given to somebody.
    mutating func free(_ nic: DomainMark.NIC, in network: Name, of holder: IdentityHolder) {
        if macs[nic.mac] == holder { macs[nic.mac] = nil }
        guard let address = nic.address else { return }
        let place = AddressPlace(network: network, address: address)
        if addresses[place] == holder { addresses[place] = nil }
    }
}
