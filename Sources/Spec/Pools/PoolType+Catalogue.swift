extension PoolType {
    /// Every type of pool, in the order in which the reference shows them; a line for each.
    // swift-format-ignore
    static let all: [PoolType] = [
        directory,
        fileSystem,
        nfs,
        gluster,
    ]

    /// libvirt's types of pools over a folder that only people define, and whether libvirt mounts what is in it.
    fileprivate static let onlyOfPeople = ["netfs": true]

    /// libvirt's types of pools whose volumes are files in a folder.
    package static let folderTypes = Set(all.map(\.libvirtType)).union(onlyOfPeople.keys)

    /// The type of pools that name none.
    package static let standard = all[0]

    /// The type of a pool that is made of this; nil for one that only other people make.
    package static func matching(_ source: PoolSource) -> PoolType? { all.first { $0.matches(source) } }

    /// Everything that the XML of pools is read for.
    package static let places = Set(all.flatMap { $0.fields.map(\.place) + $0.constants.keys })

    /// The fields of all types, each key once.
    static let fields = all.flatMap(\.fields).reduce(into: [PoolField]()) { fields, field in
        if !fields.contains(where: { $0.key.name == field.key.name }) { fields.append(field) }
    }

    /// The types that have a field, in words.
    static func having(_ key: String) -> [String] {
        all.filter { $0.fields.contains { $0.key.name == key } }.map(\.key)
    }
}

extension PoolSource {
    /// What a pool is made of whose spec names no type and nothing else.
    package static let standard = PoolType.standard.source([:])

    /// Whether libvirt mounts a file system for a pool that is made of this.
    package var isMounted: Bool {
        PoolType.matching(self)?.isMounted ?? PoolType.onlyOfPeople[libvirtType] ?? false
    }

    /// What it is made of and no other pool can be: a block device, or `SERVER:FOLDER`; nil where there is nothing of the kind.
    package var origin: String? {
        guard let origin = kind?.origin else { return nil }
        let parts = origin.places.compactMap { values[$0] }
        return parts.count == origin.places.count ? parts.joined(separator: ":") : nil
    }

    /// The same for people: `device /dev/vdb`.
    package var originWords: String? {
        origin.map { "\(kind?.origin?.noun ?? "storage") \($0)" }
    }

    /// Its type; of one that only other people make, the first that libvirt takes for the same, by which it tells pools apart.
    private var kind: PoolType? {
        PoolType.matching(self) ?? PoolType.all.first { $0.libvirtType == libvirtType }
    }

    /// What a person can look for where a node cannot mount it.
    package var mountRemedy: String? { PoolType.matching(self)?.mountRemedy }

    /// Whether several nodes can use it at the same time.
    package var canBeShared: Bool { PoolType.matching(self)?.canBeShared ?? true }
}
