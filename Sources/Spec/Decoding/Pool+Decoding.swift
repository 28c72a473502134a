import YAML

/// The keys of a pool.
enum PoolKeys {
    static let type = Key("type", Kind<Pool.Kind>.choice, "The kind of storage.", unset: "`dir`", example: "dir")
    static let path = Key(
        "path", Kind<String>.absolutePath, "The folder on the node; required for every pool but `local`.",
        unset: "`/var/lib/libvirt/images` for the pool `local`", example: "/data/vm")
    static let shared = Key(
        "shared", Kind<Bool>.boolean, "Whether every node sees the same storage there.", unset: "`false`",
        example: "true")
    static let table = Table("a pool", [type, path, shared], principal: path)
}

/// A pool as it is written, which on a node may be only what differs.
struct PoolFields {
    var kind: Pool.Kind?
    var path: String?
    var shared: Bool?
    /// Whether a path was written, right or wrong.
    var hasPath: Bool
}

extension PoolFields {
    /// A pool as it would be written in full.
    init(_ pool: Pool) {
        self.init(kind: pool.kind, path: pool.path, shared: pool.shared, hasPath: true)
    }
}

extension Kind where Value == PoolFields {
    /// A pool as it is written, nothing required.
    static var poolFields: Kind {
        .object(
            PoolKeys.table,
            { fields in
                [
                    PoolKeys.type.written(fields.kind), PoolKeys.path.written(fields.path),
                    PoolKeys.shared.written(fields.shared),
                ]
            }
        ) { reader in
            PoolFields(
                kind: reader.optional(PoolKeys.type), path: reader.optional(PoolKeys.path),
                shared: reader.optional(PoolKeys.shared), hasPath: reader.has(PoolKeys.path))
        }
    }
}

extension Pool {
    /// A pool from what is written, over what the cluster says of the same name.
    init(name: Name, _ fields: PoolFields, over base: Pool?, at mark: Position, context: DecodingContext) {
        let standard = base?.path ?? (name == .local ? Pool.localPath : nil)
        if standard == nil, !fields.hasPath {
            context.error(mark, "the pool \"\(name)\" has no path", remedy: "add path: /some/folder")
        }
        self.init(name: name, path: fields.path ?? standard ?? Pool.localPath, position: mark)
        kind = fields.kind ?? base?.kind ?? .dir
        shared = fields.shared ?? base?.shared ?? false
    }
}
