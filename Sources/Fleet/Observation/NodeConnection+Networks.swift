import FoundationEssentials
import Libvirt
import Reconciler
import Spec

extension NodeConnection {
    /// Every network of the node.
    func networks() async throws -> [ObservedNetwork] { try await networksAndLeases().networks }

    /// Every network of the node, and what their own DHCP servers have given away and not taken back, by MAC.
    ///
    /// A stale lease of an earlier boot may be among it.
    func networksAndLeases() async throws -> (networks: [ObservedNetwork], leases: [MACAddress: Set<IPv4Address>]) {
        let snapshots = try await reader.call("listing networks") { try $0.networkSnapshots() }
        var addresses: [MACAddress: Set<IPv4Address>] = [:]
        for lease in snapshots.flatMap(\.leases) {
            guard let mac = lease.mac.flatMap({ MACAddress($0) }), let address = IPv4Address(lease.address) else {
                continue
            }
            addresses[mac, default: []].insert(address)
        }
        return (try snapshots.map { try ObservedNetwork($0) }.sorted { $0.name < $1.name }, addresses)
    }
}
