extension PoolType {
    /// A folder of the node, of whatever file system people have mounted there.
    static let directory = PoolType(
        "dir", "a folder, of whatever file system the node has there", libvirtType: "dir", canBeShared: true,
        isMounted: false)
}
