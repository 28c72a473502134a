import YAML

/// The keys at the top of a file.
enum FileKeys {
    static let apiVersion = Key(
        "apiVersion", Kind<String>.choice(of: ["kvmctl/v1"], { $0 == "kvmctl/v1" ? $0 : nil }, word: \.self),
        "The version of the spec language.", example: "kvmctl/v1")
    static let cluster = Key(
        "cluster", Kind<Name>.name, "The fleet's name; at least one file of a run must set it, and all must agree.",
        example: "demo")
    static let id = Key(
        "id", Kind<String>.text,
        "An id beyond the name, for two clusters of the same name that share a node.", example: "7c1f")
    static let part = Key(
        "part", Kind<Name>.name,
        "The part that this file belongs to; a run changes only the parts of its files.",
        unset: "`main`", example: "web")
    static let uses = Key(
        "uses", Kind<[Used]>.list(of: .used, "files and folders"),
        "Other files or folders, read only for their definitions; this run changes nothing in them.",
        example: "[cluster.yaml]")
    static let migration = Key(
        "migration", Kind<MigrationPolicy>.migration,
        "Settings for migrations between nodes; only one file of a run may have them.",
        unset: "directly, one at a time",
        example: "{bandwidth: 50MiB/s}")
    static let vars = Section(
        "vars", "Variables for `${name}`; `${name:-text}` has its own default, `$${` is a plain `${`.",
        .text(pattern: nil))
    static let nodes = Section("nodes", "The KVM hosts.", .object(NodeKeys.table))
    static let pools = Section("pools", "The storage pools for disks.", .object(PoolKeys.table))
    static let flavors = Section("flavors", "Sizes for instances.", .object(.flavor))
    static let images = Section("images", "The images that root disks are made from.", .object(ImageKeys.table))
    static let networks = Section("networks", "The networks that instances have NICs in.", .object(NetworkKeys.table))
    static let profiles = Section("profiles", "Partial instances.", .object(.profile))
    static let instances = Section("instances", "The virtual machines.", .object(.instance))
    static let table = Table(
        "a spec file",
        [
            apiVersion, cluster, id, part, uses, migration, vars, nodes, pools, flavors, images, networks, profiles,
            instances,
        ],
        required: [apiVersion], ignoresExtensions: true)
}

/// A map of named things at the top of a file.
struct Section: KeyDescription {
    let name: String
    let summary: String
    let schema: Schema
    /// The things it holds stand for themselves.
    let example: String? = nil
    let unset: String? = nil

    init(_ name: String, _ summary: String, _ item: Schema) {
        self.name = name
        self.summary = summary
        self.schema = .map(item)
    }

    var expected: String { "a map of \(name)" }
}

/// A file or folder to read for its definitions.
struct Used {
    /// Relative to the current folder, or absolute.
    let path: String
    let mark: Position
}

extension Kind where Value == Used {
    /// A path beside the file it stands in.
    static var used: Kind {
        Kind(expected: "a path", schema: .text(pattern: nil), write: { .expandable($0.path) }) { node, path, context in
            Kind<String>.path.read(node, path, context).map { Used(path: $0, mark: node.mark) }
        }
    }
}

/// One file of the spec: its header read, its sections not yet.
struct SpecFile {
    let file: String
    let isManaged: Bool
    let reader: MapReader
    let apiVersion: String?
    /// The cluster it names, and where.
    let cluster: (name: Name, mark: Position)?
    let id: (text: String, mark: Position)?
    let part: Name
    /// How instances move, and where that stands.
    let migration: (policy: MigrationPolicy, mark: Position)?

    /// Reads a file's header; complains, and returns nil where nothing of the file can be used.
    ///
    /// - Parameter use: where another file uses it; nil where the run was given the file itself. Whoever writes a spec may name
    ///   any file there, so of one that is no spec no message shows a word or a line: it may be a password.
    init?(_ source: SpecSource, usedAt use: Position? = nil, context: DecodingContext) {
        let document = Document(reading: source.bytes, file: source.file)
        if let use, !SpecFile.isOurs(document, source) {
            context.error(
                use, "cannot use \(Found.shortened(source.file)): it lacks apiVersion: kvmctl/v1",
                remedy: "only specs can be used; add the line at its top if it is one")
            return nil
        }
        for error in document.errors { context.add(Diagnostic(error)) }
        guard let root = document.root else { return nil }
        guard root.mapping != nil else {
            if case .invalid = root.content { return nil }
            context.error(
                root.mark, "expected a spec that starts with apiVersion: kvmctl/v1, found \(Found.describe(root))")
            return nil
        }
        if let other = SpecFile.otherLanguage(root) {
            context.error(
                other.mark, "apiVersion: expected kvmctl/v1, found \(Found.describe(other))",
                remedy: "files of other programs do not belong here")
            return nil
        }
        guard let reader = MapReader(root, table: FileKeys.table, path: "", context: context) else { return nil }
        file = source.file
        isManaged = use == nil
        self.reader = reader
        if !reader.has(FileKeys.apiVersion) {
            context.error(root.mark, "apiVersion is missing", remedy: "add apiVersion: kvmctl/v1 at the top")
        }
        apiVersion = reader.optional(FileKeys.apiVersion)
        cluster = nil
        id = nil
        part = .main
        migration = nil
    }

    /// The apiVersion of a file that is no spec of ours at all; the rest of such a file is not looked at.
    private static func otherLanguage(_ root: YAML.Node) -> YAML.Node? {
        guard let node = root.mapping?[FileKeys.apiVersion.name], let text = node.scalar?.text else { return nil }
        return text.hasPrefix("kvmctl") || NearMiss.of(text, in: ["kvmctl/v1"]) != nil ? nil : node
    }

    /// Whether a file calls itself a spec of ours; one with a mistake in its syntax does so with a line.
    private static func isOurs(_ document: Document, _ source: SpecSource) -> Bool {
        let key = FileKeys.apiVersion.name
        if let text = document.root?.mapping?[key]?.scalar?.text { return text.hasPrefix("kvmctl") }
        return String(decoding: source.bytes, as: UTF8.self).split(whereSeparator: \.isNewline).contains { line in
            line.hasPrefix("\(key):")
                && line.dropFirst(key.count + 1).drop { " \t\"'".contains($0) }.hasPrefix("kvmctl")
        }
    }

    private init(_ other: SpecFile, context: DecodingContext) {
        file = other.file
        isManaged = other.isManaged
        reader = other.reader
        apiVersion = other.apiVersion
        cluster = reader.optional(FileKeys.cluster).map { [reader] in ($0, reader.mark(of: FileKeys.cluster)) }
        id = reader.optional(FileKeys.id).map { [reader] in ($0, reader.mark(of: FileKeys.id)) }
        part = reader.optional(FileKeys.part) ?? .main
        migration = reader.optional(FileKeys.migration).map { [reader] in ($0, reader.mark(of: FileKeys.migration)) }
    }

    /// The same file with what may hold variables read, now that they are known.
    func expanded(_ context: DecodingContext) -> SpecFile {
        SpecFile(self, context: context)
    }

    /// What a section holds, by name; complains about names that are none.
    func definitions(_ section: Section, context: DecodingContext) -> [Definition] {
        guard let node = reader.mapping[section.name], !node.isNull,
            let mapping = context.mapping(node, path: section.name)
        else { return [] }
        return mapping.entries.compactMap { entry in
            guard let name = context.name(entry.key, at: entry.keyMark, path: section.name) else { return nil }
            return Definition(name: name, mark: entry.keyMark, node: entry.value, part: part, isManaged: isManaged)
        }
    }
}
