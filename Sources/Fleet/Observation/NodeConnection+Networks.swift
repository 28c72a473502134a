import FoundationEssentials
import Libvirt
import Reconciler
import Spec

extension NodeConnection {
    /// Every network of the node.
    func networks() async throws -> [ObservedNetwork] {
        try await reader.call("listing networks") { try $0.networkSnapshots() }
            .map { try ObservedNetwork($0) }
            .sorted { $0.name < $1.name }
    }

    /// What these networks' own DHCP servers have given away and not taken back, by MAC.
    ///
    /// A stale lease of an earlier boot may be among it.
    func leases(of networks: [ObservedNetwork]) async throws -> [MACAddress: Set<IPv4Address>] {
        let names = networks.filter { $0.isActive && $0.cidr != nil }.map(\.name)
        guard !names.isEmpty else { return [:] }
        let leases = try await reader.call("reading leases of \(names.count) networks") { connection in
            try names.flatMap { name in
                do { return try connection.dhcpLeases(ofNetwork: name) } catch let error as LibvirtError {
                    guard error.isNoNetwork || error.isInvalidState || error.isUnsupported else { throw error }
                    return []
                }
            }
        }
        var addresses: [MACAddress: Set<IPv4Address>] = [:]
        for lease in leases {
            guard let mac = lease.mac.flatMap({ MACAddress($0) }), let address = IPv4Address(lease.address) else {
                continue
            }
            addresses[mac, default: []].insert(address)
        }
        return addresses
    }
}
