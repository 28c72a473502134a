import CLibvirt

/// An address that a network's own DHCP server gave away.
///
/// The list keeps what an earlier boot of the same MAC got, so it shows what was given, not what is used.
package struct DHCPLease: Equatable, Sendable {
    package let address: String
    package let prefix: Int
    package let isIPv6: Bool
    package let mac: String?
    package let hostname: String?
    /// When it ends, in seconds since 1970; 0 for never.
    package let expiry: Int64

    init(_ lease: virNetworkDHCPLease) {
        address = lease.ipaddr.map { String(cString: $0) } ?? ""
        prefix = Int(lease.prefix)
        isIPv6 = lease.type == CInt(VIR_IP_ADDR_TYPE_IPV6.rawValue)
        mac = lease.mac.map { String(cString: $0) }
        hostname = lease.hostname.map { String(cString: $0) }
        expiry = lease.expirytime
    }
}
