extension PoolType {
    private static let hostPlace: PoolPlace = "source/host@name"
    private static let folderPlace: PoolPlace = "source/dir@path"

    private static let server = PoolField(
        Key(
            "server", Kind<String>.serverName, "a server's name or address, as each node reaches it.",
            example: "storage.example.org"),
        isRequired: true, at: hostPlace)

    /// A folder that an NFS server exports.
    static let nfs: PoolType = PoolType(
        "nfs", "a folder of an NFS server, which libvirt mounts at the path", libvirtType: "netfs",
        fields: [
            server,
            PoolField(
                Key("export", Kind<String>.absolutePath, "the folder on the server.", example: "/srv/vm"),
                isRequired: true, at: folderPlace),
        ],
        constants: ["source/format@type": "nfs"], canBeShared: true, isUsuallyShared: true, isMounted: true,
        origin: PoolOrigin(noun: "export", places: [hostPlace, folderPlace]),
        mountRemedy:
            "The node needs an NFS client (Debian: apt-get install nfs-common), and the server must export the "
            + "folder to it, to its root user as well (no_root_squash).",
        rules: [.serversAgree])

    /// A volume of GlusterFS.
    static let gluster: PoolType = PoolType(
        "gluster", "a volume of GlusterFS, which libvirt mounts at the path", libvirtType: "netfs",
        fields: [
            server,
            PoolField(
                Key(
                    "volume",
                    .word("the name of a volume", pattern: "^[A-Za-z0-9_-]+$", limit: 255) {
                        $0.isAlphanumeric || "_-".unicodeScalars.contains($0)
                    }, "the volume's name.", example: "vm"),
                isRequired: true, at: folderPlace, after: "/"),
        ],
        constants: ["source/format@type": "glusterfs"], canBeShared: true, isUsuallyShared: true, isMounted: true,
        origin: PoolOrigin(noun: "volume", places: [hostPlace, folderPlace]),
        mountRemedy: "The node needs the client (Debian: apt-get install glusterfs-client), and the volume must be "
            + "started: gluster volume status.",
        rules: [.volumesAgree])
}

extension Kind where Value == String {
    /// The name or the IPv4 address of a server.
    fileprivate static var serverName: Kind {
        .word("a host name or an IPv4 address", pattern: "^[A-Za-z0-9][A-Za-z0-9.-]*$", limit: 253) {
            $0.isAlphanumeric || ".-".unicodeScalars.contains($0)
        }
    }
}

extension Rule {
    /// A pool that nodes share is one folder of one server.
    fileprivate static let serversAgree: Rule = agreement(ofType: "nfs") { $0.source.origin }

    /// Each node may ask another server for a volume.
    fileprivate static let volumesAgree: Rule = agreement(ofType: "gluster") { pool in
        pool.settings["volume"].map { "the volume \($0)" }
    }

    /// - Parameter key: that of the type, which has the rule itself and so cannot be named here.
    private static func agreement(ofType key: String, _ identity: @escaping @Sendable (Pool) -> String?) -> Rule {
        Rule { cluster in
            Set(cluster.nodes.keys.flatMap { cluster.pools(on: $0).map(\.name) }).sorted().compactMap {
                name -> Diagnostic? in
                let pools = cluster.nodes.keys.sorted().compactMap { node in
                    cluster.pools(on: node).first { $0.name == name && $0.type.key == key && $0.shared }.map {
                        (node, $0)
                    }
                }
                guard let (first, one) = pools.first,
                    let (second, other) = pools.first(where: { identity($0.1) != identity(one) }),
                    let origin = identity(one), let different = identity(other),
                    let place = other.position ?? one.position
                else { return nil }
                return Diagnostic(
                    at: place,
                    "the pool \"\(name)\" is shared, but it is \(origin) on \(first) and \(different) on \(second)",
                    remedy: "give every node the same, or write shared: false",
                    related: one.position.map { .init("the other", at: $0) })
            }
        }
    }
}
