import CLibvirt
import FoundationEssentials

/// Looking at pools.
extension Connection {
    /// All pools of the node with their XML, sorted by name: a round trip, and two per pool, of which four are asked at once.
    ///
    /// Sizes are those of the last refresh. A pool that vanishes meanwhile is left out.
    package func poolSnapshots() throws(LibvirtError) -> [PoolSnapshot] {
        let connection = ConnectReference(try raw())
        let filters = [0, VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART.rawValue]
        let lists = try sideBySide(filters) { filter throws(LibvirtError) -> References<PoolHandle> in
            try connection.pools(filter)
        }
        let autostart = Set(values(of: lists[1].take(), as: PoolHandle.self) { $0.uuid })
        let snapshots = try fetchValues(of: lists[0].take(), as: PoolHandle.self) { pool throws(LibvirtError) in
            try pool.snapshot(autostart: autostart.contains(pool.uuid))
        }
        return snapshots.sorted { $0.name < $1.name }
    }

    /// The XML by which a pool starts next, also while it runs by another; nil when it is gone.
    ///
    /// A driver that keeps one XML for both, as libvirt's test driver does, refuses the flag and is asked without it.
    package func poolDefinition(_ name: String) throws(LibvirtError) -> String? {
        do throws(LibvirtError) {
            let pool = try pool(name)
            do throws(LibvirtError) {
                return try pool.text(
                    "virStoragePoolGetXMLDesc",
                    virStoragePoolGetXMLDesc(pool.raw, UInt32(VIR_STORAGE_XML_INACTIVE.rawValue)))
            } catch {
                guard error.code == .invalidArgument else { throw error }
                return try pool.text("virStoragePoolGetXMLDesc", virStoragePoolGetXMLDesc(pool.raw, 0))
            }
        } catch {
            guard error.isNoPool else { throw error }
            return nil
        }
    }
}

extension ConnectReference {
    /// The pools of the node that a filter lets through, in one round trip.
    fileprivate func pools(_ filter: UInt32) throws(LibvirtError) -> References<PoolHandle> {
        References(
            try list("virConnectListAllStoragePools") { virConnectListAllStoragePools(raw, &$0, filter) })
    }
}

extension PoolHandle {
    /// The pool with its XML, or nil when it is gone.
    fileprivate borrowing func snapshot(autostart: Bool) throws(LibvirtError) -> PoolSnapshot? {
        do throws(LibvirtError) {
            var info = virStoragePoolInfo()
            try check("virStoragePoolGetInfo", virStoragePoolGetInfo(raw, &info))
            let xml = try text("virStoragePoolGetXMLDesc", virStoragePoolGetXMLDesc(raw, 0))
            return PoolSnapshot(info, uuid: uuid, name: name, autostart: autostart, xml: xml)
        } catch {
            guard error.isNoPool else { throw error }
            return nil
        }
    }
}
