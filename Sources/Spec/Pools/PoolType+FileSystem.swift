extension PoolType {
    private static let devicePlace: PoolPlace = "source/device@path"

    /// A file system on a block device of the node.
    static let fileSystem: PoolType = PoolType(
        "fs", "the file system on a block device, which libvirt mounts at the path", libvirtType: "fs",
        fields: [
            PoolField(
                Key(
                    "device", Kind<String>.absolutePath,
                    "the block device; it must have a file system, since kvmctl makes none.",
                    example: "/dev/vg0/vm"),
                isRequired: true, at: devicePlace),
            PoolField(
                Key(
                    "format", .choice(of: formats, { formats.contains($0) ? $0 : nil }, word: { $0 }),
                    "its file system.", unset: "what the node finds there", example: "ext4"),
                at: "source/format@type"),
        ], canBeShared: false, isMounted: true, origin: PoolOrigin(noun: "device", places: [devicePlace]),
        rules: [.mountsAreApart])

    private static let formats = ["ext2", "ext3", "ext4", "xfs"]
}

extension Rule {
    /// On no node are two pools of one device or export, or over the folder at which a file system is mounted.
    static let mountsAreApart: Rule = Rule { cluster in
        cluster.nodes.keys.sorted().flatMap { node -> [Diagnostic] in
            let pools = cluster.pools(on: node)
            return pools.flatMap { pool -> [Diagnostic] in
                guard pool.type.isMounted, let place = pool.position else { return [] }
                return pools.compactMap { other in
                    if other.name == pool.name { return nil }
                    let related = other.position.map { Diagnostic.Related("the other", at: $0) }
                    if other.path == pool.path {
                        return Diagnostic(
                            at: place,
                            "the pools \"\(pool.name)\" and \"\(other.name)\" have the path \(pool.path) on \(node), at which "
                                + "\(pool.source.origin ?? "something") is mounted",
                            remedy: "give each a path of its own", related: related)
                    }
                    if other.path.hasPrefix(pool.path + "/") {
                        return Diagnostic(
                            at: place,
                            "the pool \"\(other.name)\" has the path \(other.path), which is below \(pool.path) of the pool "
                                + "\"\(pool.name)\" on \(node): its files would be hidden by the mount",
                            remedy: "give each a path outside of the other's", related: related)
                    }
                    guard other.name < pool.name, other.type == pool.type, let words = pool.source.originWords,
                        other.source.originWords == words
                    else { return nil }
                    return Diagnostic(
                        at: place,
                        "the pools \"\(other.name)\" and \"\(pool.name)\" have the \(words) on \(node)",
                        remedy: "make one pool of them", related: related)
                }
            }
        }
    }
}
