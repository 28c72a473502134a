package import YAML

/// The effective spec in its own language: variables, profiles and flavors put in, groups kept as groups.
///
/// Made of the keys and kinds that decoding reads by, so that what is loaded from it is what it was made of, places
/// aside. A file belongs to one part, so there is one document for each part of the run; what belongs to no part, such
/// as nodes, is in the first. What the run only uses stays in its own files, which `uses:` names.
package struct RenderedSpec: Sendable {
    /// One for each part, sorted by its name.
    package let documents: [YAML.Node]

    package init(_ cluster: Cluster) {
        documents = cluster.parts.sorted().enumerated().map { number, part in
            cluster.node(of: part, isFirst: number == 0)
        }
    }
}

extension Cluster {
    /// The file of one part.
    fileprivate func node(of part: Name, isFirst: Bool) -> YAML.Node {
        func section<Value>(
            _ section: Section, _ things: [Name: Value], _ write: (Value) -> YAML.Node
        ) -> WrittenKey {
            let pairs = things.sorted { $0.key < $1.key }.map { ($0.key.text, write($0.value)) }
            return WrittenKey(name: section.name, value: pairs.isEmpty ? nil : .map(pairs))
        }
        func own<Value>(_ things: [Name: Value], _ position: (Value) -> Position?) -> [Name: Value] {
            isFirst ? things.filter { position($0.value).map { !usedFiles.contains($0.file) } ?? true } : [:]
        }
        return FileKeys.table.node([
            FileKeys.apiVersion.written("kvmctl/v1"), FileKeys.cluster.written(name), FileKeys.id.written(id),
            FileKeys.part.written(part),
            FileKeys.uses.writtenUnlessEmpty(isFirst ? usedFiles.sorted().map { Used(path: $0, mark: .rendered) } : []),
            FileKeys.migration.written(isFirst && migration != MigrationPolicy() ? migration : nil),
            WrittenKey(name: FileKeys.vars.name, value: nil),
            section(FileKeys.nodes, own(nodes, \.position), \.written),
            section(FileKeys.pools, own(pools, \.position)) { Kind<PoolFields>.poolFields.write(PoolFields($0)) },
            section(FileKeys.flavors, own(flavors, \.position), \.written),
            section(FileKeys.images, own(images, \.position), \.written),
            section(FileKeys.networks, networks.filter { $0.value.isManaged && $0.value.part == part }, \.written),
            WrittenKey(name: FileKeys.profiles.name, value: nil),
            section(FileKeys.instances, definitions(of: part)) { $0 },
        ])
    }

    /// The instances and groups of a part as they are written.
    private func definitions(of part: Name) -> [Name: YAML.Node] {
        let own = instances.values.filter { $0.isManaged && $0.part == part }
        return Dictionary(grouping: own) { $0.group ?? $0.name }.mapValues { members in
            guard let one = members.first, one.group != nil else {
                return members.first?.written ?? .map([])
            }
            return Instance.group(of: members)
        }
    }
}
