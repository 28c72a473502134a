import YAML

/// The keys of a pool.
enum PoolKeys {
    static let type = Key(
        "type", Kind<PoolType>.poolType,
        "The kind of storage: " + PoolType.all.map { "`\($0.key)` is \($0.summary)" }.joined(separator: "; ") + ".",
        unset: "`\(PoolType.standard.key)`", example: PoolType.standard.key)
    static let path = Key(
        "path", Kind<String>.absolutePath, "The folder on the node; required for every pool but `local`.",
        unset: "`/var/lib/libvirt/images` for the pool `local`", example: "/data/vm")
    static let shared = Key(
        "shared", Kind<Bool>.boolean, "Whether every node sees the same storage there.",
        unset:
            "`true` for \(PoolType.all.filter(\.isUsuallyShared).map { "`\($0.key)`" }.joined(separator: " and ")), else `false`",
        example: "true")
    static let content = Key(
        "content", Kind<[PoolContent]>.list(of: .choice, "contents"),
        "What is put into it: `disks`, `images` (the backing files of root disks), `iso` (the CDs of installers). An image "
            + "that the pool of its disk does not take goes to the first pool whose `content` names such things.",
        unset: "all of it", example: "[disks]")
    /// Those that only some types have.
    static let settings = PoolType.fields.map { field in
        let types = PoolType.having(field.key.name).map { "`\($0)`" }.joined(separator: ", ")
        return Key(
            field.key.name, field.key.kind, "Of \(types): \(field.key.summary)", unset: field.key.unset,
            example: field.key.example)
    }
    static let table = Table("a pool", [type, path, shared, content] + settings, principal: path)
}

/// A pool as it is written, which on a node may be only what differs.
struct PoolFields {
    var type: PoolType?
    var path: String?
    var shared: Bool?
    var content: Set<PoolContent>?
    var settings: [String: String] = [:]
    /// Where keys are written, right or wrong.
    var places: [String: Position] = [:]
}

extension PoolFields {
    /// A pool as it would be written in full.
    init(_ pool: Pool) {
        self.init(
            type: pool.type, path: pool.path, shared: pool.shared, content: pool.content, settings: pool.settings)
    }

    fileprivate init(_ reader: MapReader) {
        type = reader.optional(PoolKeys.type)
        path = reader.optional(PoolKeys.path)
        shared = reader.optional(PoolKeys.shared)
        content = reader.optional(PoolKeys.content).map { Set($0) }
        // Of what cannot be read, nothing is left.
        if content?.isEmpty == true, reader.mapping[PoolKeys.content.name]?.sequence?.isEmpty != true { content = nil }
        for key in PoolKeys.settings { settings[key.name] = reader.optional(key) }
        for key in PoolKeys.table.keys {
            if let value = reader.mapping[key.name] {
                places[key.name] = value.mark
            } else if key.name != PoolKeys.path.name, PoolKeys.table.isMisspelt(key.name, in: reader.mapping) {
                places[key.name] = reader.mark
            }
        }
    }
}

extension Kind where Value == PoolFields {
    /// A pool as it is written, nothing required.
    static var poolFields: Kind {
        .object(
            PoolKeys.table,
            { fields in
                [
                    PoolKeys.type.written(fields.type), PoolKeys.path.written(fields.path),
                    PoolKeys.shared.written(fields.shared),
                    PoolKeys.content.written(fields.content.map { all in PoolContent.allCases.filter(all.contains) }),
                ] + PoolKeys.settings.map { $0.written(fields.settings[$0.name]) }
            }
        ) { PoolFields($0) }
    }
}

extension Kind where Value == PoolType {
    /// One of the types of pools.
    fileprivate static var poolType: Kind {
        .choice(of: PoolType.all.map(\.key), { key in PoolType.all.first { $0.key == key } }, word: \.key)
    }
}

extension Pool {
    /// A pool from what is written, over what the cluster says of the same name.
    ///
    /// Where a node gives it another type, only the path and the content are taken over.
    init(name: Name, _ fields: PoolFields, over base: Pool?, at mark: Position, context: DecodingContext) {
        let standard = base?.path ?? (name == .local ? Pool.localPath : nil)
        if standard == nil, fields.places[PoolKeys.path.name] == nil {
            context.error(mark, "the pool \"\(name)\" has no path", remedy: "add path: /some/folder")
        }
        self.init(name: name, path: fields.path ?? standard ?? Pool.localPath, position: mark)
        content = fields.content ?? base?.content
        if content?.isEmpty == true {
            context.error(
                fields.places[PoolKeys.content.name] ?? mark, "the pool \"\(name)\" takes nothing",
                remedy: "name some of \(PoolContent.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        type = fields.type ?? base?.type ?? .standard
        let base = base?.type == type ? base : nil
        shared = fields.shared ?? base?.shared ?? type.isUsuallyShared
        settings = (base?.settings ?? [:]).merging(fields.settings) { _, own in own }
        if shared, takes(.disks) != takes(.images) {
            let missing = takes(.disks) ? PoolContent.images : .disks
            context.error(
                fields.places[PoolKeys.content.name] ?? fields.places[PoolKeys.shared.name] ?? mark,
                "the pool \"\(name)\" is shared, and takes \(takes(.disks) ? "disks" : "images") without "
                    + "\(missing.rawValue): on storage that nodes share, images are beside the disks that stand on them",
                remedy: "add \(missing.rawValue) to its content, or take both out")
        }
        // A type that cannot be read was complained about.
        if fields.type != nil || fields.places[PoolKeys.type.name] == nil { check(fields, at: mark, context) }
    }

    /// Complains about what a pool of its type cannot have, and what it must.
    private func check(_ fields: PoolFields, at mark: Position, _ context: DecodingContext) {
        let own = type.fields.map(\.key.name)
        for key in PoolKeys.settings.map(\.name) where !own.contains(key) {
            guard fields.settings[key] != nil, let place = fields.places[key] else { continue }
            let types = PoolType.having(key).joined(separator: " or ")
            context.error(
                place, "the pool \"\(name)\" is of the type \(type.key), which has no \(key)",
                remedy: "take it out, or write type: \(types)")
        }
        if shared, !type.canBeShared {
            context.error(
                fields.places[PoolKeys.shared.name] ?? mark,
                "the pool \"\(name)\" is of the type \(type.key), which one node alone can use at a time",
                remedy: "take shared: true out")
        }
        for field in type.fields where field.isRequired && settings[field.key.name] == nil {
            let key = field.key.name
            guard fields.places[key] == nil else { continue }
            context.error(
                mark, "the pool \"\(name)\" has no \(key)",
                remedy: "add \(key): \(field.key.example ?? field.key.kind.expected)")
        }
    }
}
