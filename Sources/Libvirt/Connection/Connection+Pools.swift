import CLibvirt
package import FoundationEssentials

/// Defining, starting and removing pools.
extension Connection {
    /// Defines a pool, or redefines the one with the XML's UUID, and gives its UUID.
    ///
    /// libvirt refuses a second pool over the same path.
    @discardableResult
    package func definePool(_ xml: String) throws(LibvirtError) -> UUID {
        let defined = try found("virStoragePoolDefineXML", virStoragePoolDefineXML(raw(), xml, 0))
        return PoolHandle(owning: defined).uuid
    }

    /// Makes a pool that runs and has no definition, so that nothing is left of it when it stops; its folder must be there.
    package func createPool(_ xml: String) throws(LibvirtError) {
        _ = PoolHandle(owning: try found("virStoragePoolCreateXML", virStoragePoolCreateXML(raw(), xml, 0)))
    }

    /// Makes what a pool needs below it, a folder for a pool of type `dir`; fine when it is there already.
    package func buildPool(_ name: String) throws(LibvirtError) {
        let pool = try pool(name)
        try pool.check("virStoragePoolBuild", virStoragePoolBuild(pool.raw, 0))
    }

    /// Starts a pool, which reads its volumes.
    package func startPool(_ name: String) throws(LibvirtError) {
        let pool = try pool(name)
        try pool.check("virStoragePoolCreate", virStoragePoolCreate(pool.raw, 0))
    }

    /// Has the pool start with the node, or not.
    package func setAutostart(_ autostart: Bool, ofPool name: String) throws(LibvirtError) {
        let pool = try pool(name)
        try pool.check("virStoragePoolSetAutostart", virStoragePoolSetAutostart(pool.raw, autostart ? 1 : 0))
    }

    /// Has a running pool read its volumes anew, which shows files that libvirt did not make itself.
    ///
    /// Blocks while every file is looked at. Fails while another job of the pool runs.
    package func refreshPool(_ name: String) throws(LibvirtError) {
        let pool = try pool(name)
        try pool.check("virStoragePoolRefresh", virStoragePoolRefresh(pool.raw, 0))
    }

    /// Stops a pool; its volumes stay where they are.
    package func destroyPool(_ name: String) throws(LibvirtError) {
        let pool = try pool(name)
        try pool.check("virStoragePoolDestroy", virStoragePoolDestroy(pool.raw))
    }

    /// Removes the definition of a stopped pool; its volumes stay where they are.
    package func undefinePool(_ name: String) throws(LibvirtError) {
        let pool = try pool(name)
        try pool.check("virStoragePoolUndefine", virStoragePoolUndefine(pool.raw))
    }

    /// The handle of the pool of that name.
    func pool(_ name: String) throws(LibvirtError) -> PoolHandle {
        PoolHandle(
            owning: try found(
                "virStoragePoolLookupByName", virStoragePoolLookupByName(raw(), name), "pool \(name)"))
    }
}
