import CLibvirt
import FoundationEssentials

/// Looking at pools.
extension Connection {
    /// All pools of the node with their XML, in two round trips and two per pool, sorted by name.
    ///
    /// Sizes are those of the last refresh. A pool that vanishes meanwhile is left out.
    package func poolSnapshots() throws(LibvirtError) -> [PoolSnapshot] {
        let autostart = Set(
            try values(of: poolReferences(VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART), as: PoolHandle.self) { $0.uuid })
        let snapshots = try fetchValues(of: poolReferences(), as: PoolHandle.self) { pool throws(LibvirtError) in
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

    private func poolReferences(
        _ filter: virConnectListAllStoragePoolsFlags? = nil
    ) throws(LibvirtError) -> [OpaquePointer] {
        let raw = try raw()
        return try list("virConnectListAllStoragePools") {
            virConnectListAllStoragePools(raw, &$0, filter?.rawValue ?? 0)
        }
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
