import CLibvirt

/// Volumes of running pools.
extension Connection {
    /// The names of a running pool's volumes, in two round trips, sorted.
    ///
    /// Split the result over several connections and give each its share with `volumeSnapshots(inPool:named:)`.
    package func volumeNames(inPool name: String) throws(LibvirtError) -> [String] {
        let pool = try pool(name)
        return try values(of: pool.volumeReferences(), as: VolumeHandle.self) { $0.name }.sorted()
    }

    /// A running pool's volumes, all or those named, in two round trips and one per volume, sorted by name.
    ///
    /// As of the pool's last refresh, plus what libvirt made itself since. A volume that vanishes meanwhile is left out.
    package func volumeSnapshots(
        inPool name: String, named names: Set<String>? = nil
    ) throws(LibvirtError) -> [VolumeSnapshot] {
        let pool = try pool(name)
        let snapshots = try fetchValues(of: pool.volumeReferences(), as: VolumeHandle.self) {
            volume throws(LibvirtError) in
            guard names?.contains(volume.name) ?? true else { return VolumeSnapshot?.none }
            return try volume.snapshot(pool: name)
        }
        return snapshots.sorted { $0.name < $1.name }
    }

    /// One volume with its XML.
    package func volumeXML(_ location: VolumeLocation) throws(LibvirtError) -> String {
        try volume(location).xml()
    }

    /// The path of a volume on the node.
    package func volumePath(_ location: VolumeLocation) throws(LibvirtError) -> String {
        let volume = try volume(location)
        return try volume.text("virStorageVolGetPath", virStorageVolGetPath(volume.raw))
    }

    /// How large a volume is right now; read this right before a resize, which shrinks without complaint on a running domain.
    package func volumeInfo(_ location: VolumeLocation) throws(LibvirtError) -> VolumeInfo {
        let volume = try volume(location)
        var info = virStorageVolInfo()
        try volume.check("virStorageVolGetInfo", virStorageVolGetInfo(volume.raw, &info))
        return VolumeInfo(info)
    }

    /// Creates a volume in a running pool and gives its path.
    ///
    /// Blocks until the storage is allocated. Throws an error that `isAlreadyThere` when the name is taken.
    @discardableResult
    package func createVolume(_ xml: String, inPool name: String) throws(LibvirtError) -> String {
        let pool = try pool(name)
        let created = try pool.found("virStorageVolCreateXML", virStorageVolCreateXML(pool.raw, xml, 0))
        let volume = VolumeHandle(owning: created)
        return try volume.text("virStorageVolGetPath", virStorageVolGetPath(volume.raw))
    }

    /// Deletes a volume and its data for good.
    package func deleteVolume(_ location: VolumeLocation) throws(LibvirtError) {
        let volume = try volume(location)
        try volume.check("virStorageVolDelete", virStorageVolDelete(volume.raw, 0))
    }

    /// Gives a volume a new capacity in bytes; of a volume no running domain uses.
    ///
    /// A smaller capacity than it has is refused here by libvirt.
    package func resizeVolume(_ location: VolumeLocation, to capacity: UInt64) throws(LibvirtError) {
        let volume = try volume(location)
        try volume.check("virStorageVolResize", virStorageVolResize(volume.raw, capacity, 0))
    }

    /// The handle of a volume.
    func volume(_ location: VolumeLocation) throws(LibvirtError) -> VolumeHandle {
        switch location {
        case .path(let path):
            let found = try found(
                "virStorageVolLookupByPath", virStorageVolLookupByPath(raw(), path), "volume \(location)")
            return VolumeHandle(owning: found)
        case .name(let name, let pool):
            let pool = try self.pool(pool)
            let found = try pool.found(
                "virStorageVolLookupByName", virStorageVolLookupByName(pool.raw, name), "volume \(location)")
            return VolumeHandle(owning: found)
        }
    }
}

extension PoolHandle {
    /// References to all volumes of the pool.
    fileprivate borrowing func volumeReferences() throws(LibvirtError) -> [OpaquePointer] {
        let raw = raw
        return try list("virStoragePoolListAllVolumes") { virStoragePoolListAllVolumes(raw, &$0, 0) }
    }
}

extension VolumeHandle {
    /// The volume's XML.
    fileprivate borrowing func xml() throws(LibvirtError) -> String {
        try text("virStorageVolGetXMLDesc", virStorageVolGetXMLDesc(raw, 0))
    }

    /// The volume with its XML, or nil when it is gone.
    fileprivate borrowing func snapshot(pool: String) throws(LibvirtError) -> VolumeSnapshot? {
        do throws(LibvirtError) {
            return VolumeSnapshot(pool: pool, name: name, key: key, xml: try xml())
        } catch {
            guard error.isNoVolume else { throw error }
            return nil
        }
    }
}
