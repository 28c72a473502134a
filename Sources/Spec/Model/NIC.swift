/// One network interface of an instance.
package struct NIC: Sendable, Equatable {
    package var name: Name
    package var network: Name
    /// Nil where kvmctl, a DHCP server or nobody chooses.
    package var address: IPv4Address?
    package var mac: MACAddress?

    package init(name: Name, network: Name, address: IPv4Address? = nil, mac: MACAddress? = nil) {
        self.name = name
        self.network = network
        self.address = address
        self.mac = mac
    }
}
