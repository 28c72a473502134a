/// One network interface of an instance.
package struct NIC: Sendable, Equatable {
    package var name: Name
    package var network: Name
    /// Nil where kvmctl, a DHCP server or nobody chooses.
    package var address: IPv4Address?
    package var mac: MACAddress?
    /// The largest packet that its guest is to send, in bytes; nil for the network's.
    package var mtu: Int?
    /// The guest's ways to other networks through it, beside a default route.
    package var routes: [Route] = []
    /// Whether the guest's default route leads through it; nil for the first NIC that has a gateway.
    package var leadsOut: Bool?
    package var bandwidth: Bandwidth?

    package init(name: Name, network: Name, address: IPv4Address? = nil, mac: MACAddress? = nil) {
        self.name = name
        self.network = network
        self.address = address
        self.mac = mac
    }
}
