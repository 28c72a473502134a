import YAML

/// Lays partial instances over each other, as nodes, so that every value keeps the place it was written at.
///
/// Maps merge by key; scalars and lists replace; `null` removes.
enum Layering {
    /// A partial instance with the short form `networks: [a, b]`, or `{a: {address: …}, b: {}}`, written out as `nics: {eth0: …, eth1: …}`.
    ///
    /// As any list, it then replaces the NICs of the layers below as a whole; `isReplacingNICs` says so.
    struct Layer {
        var mapping: Mapping
        var isReplacingNICs = false
    }

    /// Prepares one layer; complains where both forms are used.
    static func layer(_ mapping: Mapping, context: DecodingContext) -> Layer {
        guard let index = mapping.entries.firstIndex(where: { $0.key == InstanceKeys.networks.name }) else {
            return Layer(mapping: mapping)
        }
        let short = mapping.entries[index]
        if short.value.isNull {
            return Layer(mapping: mapping.without(InstanceKeys.networks.name), isReplacingNICs: true)
        }
        guard let networks = networks(short.value, context: context) else { return Layer(mapping: mapping) }
        if let long = mapping.entries.first(where: { $0.key == InstanceField.nics.path }) {
            context.error(
                short.keyMark, "networks is the short form of nics; only one of them can be given",
                related: .init("nics is given", at: long.keyMark))
            return Layer(mapping: mapping)
        }
        let nics = networks.enumerated().map { number, nic in
            let network = Mapping.Entry(key: NICKeys.network.name, keyMark: nic.name.mark, value: nic.name)
            return Mapping.Entry(
                key: "eth\(number)", keyMark: nic.name.mark,
                value: YAML.Node(.mapping(Mapping([network] + nic.fields)), at: nic.name.mark))
        }
        var written = mapping
        written.entries[index] = Mapping.Entry(
            key: InstanceField.nics.path, keyMark: short.keyMark,
            value: YAML.Node(.mapping(Mapping(nics)), at: short.value.mark))
        return Layer(mapping: written, isReplacingNICs: true)
    }

    /// The networks of the short form, each with what its NIC has there; nil where it is neither a list nor a map.
    private static func networks(
        _ node: YAML.Node, context: DecodingContext
    ) -> [(name: YAML.Node, fields: [Mapping.Entry])]? {
        switch node.content {
        case .sequence(let items):
            return items.compactMap { item in
                guard let mapping = item.mapping else { return (item, []) }
                return listed(mapping, at: item.mark, context)
            }
        case .mapping(let mapping):
            return mapping.entries.map { entry in
                let name = YAML.Node(.scalar(Scalar(entry.key, style: .quoted)), at: entry.keyMark)
                guard !entry.value.isNull,
                    let fields = MapReader(
                        entry.value, table: NICKeys.inNetwork, path: "\(InstanceKeys.networks.name).\(entry.key)",
                        context: context)
                else { return (name, []) }
                let known = NICKeys.inNetwork.keys.map(\.name)
                return (name, fields.mapping.entries.filter { known.contains($0.key) })
            }
        case .scalar, .invalid:
            return nil
        }
    }

    /// A map in the list of networks, which is complained about with the right form; what is meant, where that is clear.
    private static func listed(
        _ mapping: Mapping, at mark: Position, _ context: DecodingContext
    ) -> (name: YAML.Node, fields: [Mapping.Entry])? {
        func text(_ node: YAML.Node) -> String? {
            if case .scalar(let scalar) = node.content { scalar.text } else { nil }
        }
        let known = NICKeys.inNetwork.keys.map(\.name)
        let named = mapping.entries.first { $0.key == NICKeys.network.name }
        // A list of maps with a name each is a map that is written as a list.
        let only = mapping.entries.count == 1 && named == nil ? mapping.entries.first : nil
        let name = (named.flatMap { text($0.value) } ?? only?.key).flatMap { Name($0) }
        let fields = ((only?.value.mapping ?? mapping).entries).filter { known.contains($0.key) }
        let settings = fields.compactMap { entry in text(entry.value).map { "\(entry.key): \($0)" } }
        context.error(
            mark, "\(InstanceKeys.networks.name): expected a network's name, found a map",
            remedy: "settings need a map of networks by their names instead of a list: "
                + "\(InstanceKeys.networks.name): {\(name?.text ?? "NETWORK"): {\(settings.joined(separator: ", "))}}")
        guard let name else { return nil }
        return (YAML.Node(.scalar(Scalar(name.text, style: .quoted)), at: mark), fields)
    }

    /// One partial instance over another.
    static func lay(_ upper: Layer, over lower: Layer, _ roles: RoleLanguages) -> Layer {
        var below = lower.mapping
        if upper.isReplacingNICs { below.entries.removeAll { $0.key == InstanceField.nics.path } }
        return Layer(
            mapping: merge(upper.mapping, over: below, as: .object(.instance), roles),
            isReplacingNICs: upper.isReplacingNICs || lower.isReplacingNICs)
    }

    /// One map over another; `schema` says what both are, where that is known.
    ///
    /// What holds one of several keys, as a secret's reference does, takes the other's place as a whole.
    static func merge(
        _ upper: Mapping, over lower: Mapping, as schema: Schema?, _ roles: RoleLanguages
    ) -> Mapping {
        var merged = lower
        for entry in upper.entries {
            guard let index = merged.entries.firstIndex(where: { $0.key == entry.key }) else {
                merged.entries.append(entry)
                continue
            }
            let inner = schema?.below(entry.key, roles)
            if entry.value.isNull {
                merged.entries.remove(at: index)
            } else if let above = entry.value.mapping, let below = merged.entries[index].value.mapping,
                inner?.isAlternative != true
            {
                let value = YAML.Node(.mapping(merge(above, over: below, as: inner, roles)), at: entry.value.mark)
                merged.entries[index] = Mapping.Entry(key: entry.key, keyMark: entry.keyMark, value: value)
            } else {
                merged.entries[index] = entry
            }
        }
        return merged
    }

    /// A layered instance without the nulls that had nothing to remove; user-data keeps its own.
    static func withoutNulls(_ mapping: Mapping) -> Mapping {
        Mapping(
            mapping.entries.compactMap { entry in
                if entry.value.isNull { return nil }
                guard entry.key != InstanceField.cloudInit.path, let inner = entry.value.mapping else { return entry }
                let value = YAML.Node(.mapping(withoutNulls(inner)), at: entry.value.mark)
                return Mapping.Entry(key: entry.key, keyMark: entry.keyMark, value: value)
            })
    }
}

extension Mapping {
    fileprivate func without(_ key: String) -> Mapping {
        Mapping(entries.filter { $0.key != key })
    }
}
