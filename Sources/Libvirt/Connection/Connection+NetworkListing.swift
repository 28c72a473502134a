import CLibvirt
import FoundationEssentials
import Glibc

/// Looking at networks.
extension Connection {
    /// All networks of the node with their XML and leases, sorted by name.
    ///
    /// A round trip, and of every network another one, and two more where it runs; four networks are asked at once. A network
    /// that vanishes meanwhile is left out.
    package func networkSnapshots() throws(LibvirtError) -> [NetworkSnapshot] {
        let connection = ConnectReference(try raw())
        let filters = [
            0, VIR_CONNECT_LIST_NETWORKS_ACTIVE.rawValue, VIR_CONNECT_LIST_NETWORKS_AUTOSTART.rawValue,
            VIR_CONNECT_LIST_NETWORKS_PERSISTENT.rawValue,
        ]
        let lists = try sideBySide(filters) { filter throws(LibvirtError) -> References<NetworkHandle> in
            try connection.networks(filter)
        }
        let traits = lists.dropFirst().map { list in
            Set(values(of: list.take(), as: NetworkHandle.self) { $0.uuid })
        }
        let snapshots = try fetchValues(of: lists[0].take(), as: NetworkHandle.self) {
            network throws(LibvirtError) in
            let has = traits.map { $0.contains(network.uuid) }
            return try network.snapshot(isActive: has[0], autostart: has[1], persistent: has[2])
        }
        return snapshots.sorted { $0.name < $1.name }
    }

    /// The leases of a running network's DHCP server, of one MAC or of all.
    package func dhcpLeases(
        ofNetwork name: String, mac: String? = nil
    ) throws(LibvirtError) -> [DHCPLease] {
        try network(name).leases(ofMAC: mac)
    }
}

extension ConnectReference {
    /// The networks of the node that a filter lets through, in one round trip.
    fileprivate func networks(_ filter: UInt32) throws(LibvirtError) -> References<NetworkHandle> {
        References(
            try list("virConnectListAllNetworks") { virConnectListAllNetworks(raw, &$0, filter) })
    }
}

extension NetworkHandle {
    /// The leases of its DHCP server, of one MAC or of all.
    fileprivate borrowing func leases(ofMAC mac: String? = nil) throws(LibvirtError) -> [DHCPLease] {
        var leases: UnsafeMutablePointer<virNetworkDHCPLeasePtr?>?
        let count = try check("virNetworkGetDHCPLeases", virNetworkGetDHCPLeases(raw, mac, &leases, 0))
        defer { free(leases) }
        return UnsafeBufferPointer(start: leases, count: Int(count)).compactMap { $0 }.map { lease in
            defer { virNetworkDHCPLeaseFree(lease) }
            return DHCPLease(lease.pointee)
        }
    }

    /// All leases; none where it has no DHCP server, or has stopped meanwhile.
    fileprivate borrowing func leasesIfAny() throws(LibvirtError) -> [DHCPLease] {
        do throws(LibvirtError) { return try leases() } catch {
            guard error.isNoNetwork || error.isInvalidState || error.isUnsupported else { throw error }
            return []
        }
    }

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
            let live = isActive ? try xml(inactive: false) : nil
            return NetworkSnapshot(
                uuid: uuid, name: name, isActive: isActive, autostart: autostart, persistent: persistent,
                inactiveXML: try xml(inactive: true), liveXML: live,
                leases: live?.contains("<dhcp") == true ? try leasesIfAny() : [])
        } catch {
            guard error.isNoNetwork else { throw error }
            return nil
        }
    }
}
