import CLibvirt
import FoundationEssentials
import Glibc

/// Looking at networks.
extension Connection {
    /// All networks of the node with their XML, in four round trips and one or two per network, sorted by name.
    ///
    /// A network that vanishes meanwhile is left out.
    package func networkSnapshots() throws(LibvirtError) -> [NetworkSnapshot] {
        let active = try networkUUIDs(VIR_CONNECT_LIST_NETWORKS_ACTIVE)
        let autostart = try networkUUIDs(VIR_CONNECT_LIST_NETWORKS_AUTOSTART)
        let persistent = try networkUUIDs(VIR_CONNECT_LIST_NETWORKS_PERSISTENT)
        let snapshots = try fetchValues(of: networkReferences(), as: NetworkHandle.self) {
            network throws(LibvirtError) in
            let uuid = network.uuid
            return try network.snapshot(
                isActive: active.contains(uuid), autostart: autostart.contains(uuid),
                persistent: persistent.contains(uuid))
        }
        return snapshots.sorted { $0.name < $1.name }
    }

    /// The leases of a running network's DHCP server, of one MAC or of all.
    package func dhcpLeases(
        ofNetwork name: String, mac: String? = nil
    ) throws(LibvirtError) -> [DHCPLease] {
        let network = try network(name)
        var leases: UnsafeMutablePointer<virNetworkDHCPLeasePtr?>?
        let count = try network.check(
            "virNetworkGetDHCPLeases", virNetworkGetDHCPLeases(network.raw, mac, &leases, 0))
        defer { free(leases) }
        return UnsafeBufferPointer(start: leases, count: Int(count)).compactMap { $0 }.map { lease in
            defer { virNetworkDHCPLeaseFree(lease) }
            return DHCPLease(lease.pointee)
        }
    }

    private func networkUUIDs(_ filter: virConnectListAllNetworksFlags) throws(LibvirtError) -> Set<UUID> {
        Set(try values(of: networkReferences(filter), as: NetworkHandle.self) { $0.uuid })
    }

    private func networkReferences(
        _ filter: virConnectListAllNetworksFlags? = nil
    ) throws(LibvirtError) -> [OpaquePointer] {
        let raw = try raw()
        return try list("virConnectListAllNetworks") { virConnectListAllNetworks(raw, &$0, filter?.rawValue ?? 0) }
    }
}

extension NetworkHandle {
    /// The network's XML: the definition, or of what runs where it runs.
    ///
    /// A driver that keeps one XML for both, as libvirt's test driver does, refuses the flag and is asked without it.
    borrowing func xml(inactive: Bool) throws(LibvirtError) -> String {
        do throws(LibvirtError) {
            let flags = inactive ? VIR_NETWORK_XML_INACTIVE.rawValue : 0
            return try text("virNetworkGetXMLDesc", virNetworkGetXMLDesc(raw, flags))
        } catch {
            guard inactive, error.code == .invalidArgument else { throw error }
            return try text("virNetworkGetXMLDesc", virNetworkGetXMLDesc(raw, 0))
        }
    }

    /// The network with its XML, or nil when it is gone.
    fileprivate borrowing func snapshot(
        isActive: Bool, autostart: Bool, persistent: Bool
    ) throws(LibvirtError) -> NetworkSnapshot? {
        do throws(LibvirtError) {
            return NetworkSnapshot(
                uuid: uuid, name: name, isActive: isActive, autostart: autostart, persistent: persistent,
                inactiveXML: try xml(inactive: true), liveXML: isActive ? try xml(inactive: false) : nil)
        } catch {
            guard error.isNoNetwork else { throw error }
            return nil
        }
    }
}
