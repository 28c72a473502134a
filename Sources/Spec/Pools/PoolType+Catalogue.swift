extension PoolType {
    /// Every type of pool, in the order in which the reference shows them; a line for each.
    // swift-format-ignore
    static let all: [PoolType] = [
        directory,
        fileSystem,
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

    /// The block device that it is made of, which no other pool can have; nil where it is made of none.
    package var device: String? { PoolType.matching(self)?.device.flatMap { values[$0] } }

    /// Whether several nodes can use it at the same time.
    package var canBeShared: Bool { PoolType.matching(self)?.canBeShared ?? true }
}
