import CLibvirt

/// The addresses of one of a guest's interfaces.
package struct InterfaceAddresses: Equatable, Sendable {
    /// The interface's name: the guest's own from the agent, else the node's tap.
    package let name: String
    /// The MAC, where the source knows it.
    package let mac: String?
    package let addresses: [Address]

    /// One address with its prefix length.
    package struct Address: Equatable, Sendable {
        package let address: String
        package let prefix: Int
        package let isIPv6: Bool
    }

    /// Who is asked.
    package enum Source: UInt32, Sendable {
        /// The leases of libvirt's own DHCP server; may be stale.
        case lease = 0
        /// The guest agent; blocks until it answers, and knows loopback too.
        case agent = 1
        /// The node's ARP table; empty until the guest has talked.
        case arp = 2
    }

    init(_ interface: virDomainInterface) {
        name = interface.name.map { String(cString: $0) } ?? ""
        mac = interface.hwaddr.map { String(cString: $0) }
        addresses = UnsafeBufferPointer(start: interface.addrs, count: Int(interface.naddrs)).map(Address.init)
    }
}

extension InterfaceAddresses.Address {
    init(_ address: virDomainIPAddress) {
        self.address = address.addr.map { String(cString: $0) } ?? ""
        prefix = Int(address.prefix)
        isIPv6 = address.type == CInt(VIR_IP_ADDR_TYPE_IPV6.rawValue)
    }
}
