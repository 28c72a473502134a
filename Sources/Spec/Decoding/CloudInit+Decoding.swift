import YAML

/// The key of `cloudInit` that is kvmctl's; all others are cloud-init's own.
enum CloudInitKeys {
    static let file = Key(
        "file", Kind<String>.path,
        "A `#cloud-config` file to read keys from; the keys that are written here are merged over them: maps "
            + "merge, scalars and lists replace, `null` removes. Any other key is passed to cloud-init.", unset: "none",
        example: "user-data.yaml")
    static let table = Table("some user-data", [file])
}

extension Kind where Value == YAML.Node {
    /// cloud-init's user-data as it is, variables not put in; a file's keys stand where its name stood.
    static var cloudInit: Kind {
        Kind(expected: "a map", schema: .open(CloudInitKeys.table), write: { $0 }) { node, path, context in
            guard let mapping = node.mapping else {
                if case .invalid = node.content { return nil }
                context.mismatch(
                    node, path: path, expected: "a map",
                    remedy: node.scalar.flatMap { UserDataFile.remedy(for: $0.text) })
                return nil
            }
            guard let name = mapping[CloudInitKeys.file.name] else { return node }
            let inner = "\(path).\(CloudInitKeys.file.name)"
            guard let file = CloudInitKeys.file.kind.read(name, inner, context),
                let keys = context.userData(in: file, named: name.mark)
            else { return nil }
            let own = Mapping(mapping.entries.filter { $0.key != CloudInitKeys.file.name })
            return YAML.Node(.mapping(Layering.merge(own, over: keys, as: nil, context.roles)), at: node.mark)
        }
    }
}
