import CLibvirt

/// Volumes of running pools.
extension Connection {
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
