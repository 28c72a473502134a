import YAML

/// Merges the sections of all files into one cluster.
struct ClusterAssembly {
    let files: [SpecFile]
    let context: DecodingContext

    /// The cluster, complete enough to be checked even where something is wrong.
    mutating func assemble(first: String?) -> Cluster {
        var cluster = Cluster(
            name: agreedName() ?? .unreadable, id: agreedID(),
            parts: Set(files.filter(\.isManaged).map(\.part)))
        cluster.usedFiles = Set(files.filter { !$0.isManaged }.map(\.file))
        cluster.position = first.map { Position(file: $0, line: 1, column: 1) }
        cluster.migration = migration()
        cluster.pools = pools()
        for definition in named(FileKeys.nodes) {
            cluster.nodes[definition.name] =
                Node(definition, pools: cluster.pools, context: context)
                ?? Node(name: definition.name, address: .local, position: definition.position)
        }
        for definition in named(FileKeys.images) {
            cluster.images[definition.name] =
                Image(definition, context: context)
                ?? Image(name: definition.name, source: .file(""), position: definition.position)
        }
        for definition in named(FileKeys.networks) {
            cluster.networks[definition.name] =
                Network(definition, context: context) ?? Network(unreadable: definition)
        }
        let flavors = named(FileKeys.flavors)
        for definition in flavors {
            cluster.flavors[definition.name] = Flavor(definition, context: context)
        }
        cluster.instances = instances(
            FlavorTable(
                flavors: cluster.flavors,
                given: flavors.reduce(into: [:]) { given, flavor in
                    given[flavor.name] = Set(flavor.node.mapping?.entries.map(\.key) ?? [])
                }))
        cluster.instances = cluster.instances.mapValues { instance in
            cluster.images[instance.image].map { instance.made(for: $0.architecture) } ?? instance
        }
        return cluster
    }

    /// What all files together define in a section; a name defined twice is complained about, with both places.
    private func named(_ section: Section) -> [Definition] {
        var first: [Name: Position] = [:]
        return files.flatMap { $0.definitions(section, context: context) }.filter { definition in
            guard let place = first[definition.name] else {
                first[definition.name] = definition.mark
                return true
            }
            context.error(
                definition.mark, "\"\(definition.name)\" is defined twice in \(section.name)",
                related: .init("first defined", at: place))
            return false
        }
    }

    /// How instances move, which is said once.
    private func migration() -> MigrationPolicy {
        let given = files.compactMap(\.migration)
        guard let first = given.first else { return MigrationPolicy() }
        for other in given.dropFirst() {
            context.error(
                other.mark, "migration is defined twice", remedy: "keep one of them",
                related: .init("first defined", at: first.mark))
        }
        return first.policy
    }

    private func pools() -> [Name: Pool] {
        var pools: [Name: Pool] = [.local: Pool(name: .local, path: Pool.localPath)]
        for definition in named(FileKeys.pools) {
            guard let fields = Kind<PoolFields>.poolFields.read(definition.node, definition.name.text, context)
            else {
                pools[definition.name] = Pool(name: definition.name, path: Pool.localPath)
                continue
            }
            pools[definition.name] = Pool(
                name: definition.name, fields, over: nil, at: definition.mark, context: context)
        }
        return pools
    }

    private func instances(_ flavors: FlavorTable) -> [Name: Instance] {
        let profiles = named(FileKeys.profiles)
        let definitions = InstanceDefinitions(
            profiles: Dictionary(profiles.map { ($0.name, $0) }) { first, _ in first }, flavors: flavors,
            context: context)
        definitions.checkProfiles()
        var made: [Name: InstanceDefinitions.Made] = [:]
        for definition in named(FileKeys.instances) {
            for next in definitions.instances(of: definition) {
                guard let other = made[next.instance.name] else {
                    made[next.instance.name] = next
                    continue
                }
                collide(other, next)
            }
        }
        return made.mapValues(\.instance)
    }

    /// Complains that a group's member has the name of another instance.
    private func collide(_ one: InstanceDefinitions.Made, _ other: InstanceDefinitions.Made) {
        let (group, single) = one.instance.group != nil && other.instance.group == nil ? (one, other) : (other, one)
        let what = single.instance.group.map { "a member of the group \"\($0)\"" } ?? "an instance of its own"
        context.error(
            group.mark,
            "the member \"\(group.instance.name)\" of the group \"\(group.instance.group ?? group.instance.name)\" is also \(what)",
            remedy: "rename one of them", related: .init("the other one", at: single.mark))
    }

    private func agreedName() -> Name? {
        let named = files.compactMap(\.cluster)
        guard let first = named.first else {
            let isWritten = files.contains { $0.reader.has(FileKeys.cluster) }
            if !isWritten, !context.isIncomplete, let file = files.first {
                context.error(file.reader.mark, "no file names its cluster", remedy: "add cluster: NAME")
            }
            return nil
        }
        for other in named.dropFirst() where other.name != first.name {
            context.error(
                other.mark,
                "this file describes the cluster \"\(other.name)\", and another the cluster \"\(first.name)\"",
                remedy: "all files of a run must describe the same cluster",
                related: .init("the other file's", at: first.mark))
        }
        return first.name
    }

    private func agreedID() -> String? {
        let given = files.compactMap(\.id)
        guard let first = given.first else { return nil }
        for other in given.dropFirst() where other.text != first.text {
            context.error(
                other.mark,
                "this file gives the cluster the id \(Found.quoted(other.text)), and another \(Found.quoted(first.text))",
                related: .init("the other file's", at: first.mark))
        }
        return first.text
    }
}
