import YAML

/// A value with the place where it is written.
struct Marked<Value: Sendable>: Sendable {
    let value: Value
    let mark: Position
}

/// An entry of a map with names of a package's own.
struct PackageEntry<Value: Sendable>: Sendable {
    let name: String
    /// Where the name stands.
    let mark: Position
    /// The path to it, such as `files./etc/motd`.
    let path: String
    let value: Value
}

extension Kind {
    /// A map that is only read: nobody writes a package again.
    static func reading(_ table: Table, _ build: @escaping @Sendable (MapReader) -> Value?) -> Kind {
        .object(table, { _ in table.keys.map { WrittenKey(name: $0.name, value: nil) } }, build)
    }

    /// The same with its place.
    static func marked<Item: Sendable>(_ item: Kind<Item>) -> Kind where Value == Marked<Item> {
        Kind(expected: item.expected, schema: item.schema, write: { item.write($0.value) }) { node, path, context in
            item.read(node, path, context).map { Marked(value: $0, mark: node.mark) }
        }
    }

    /// A map with names of a package's own, in its order; wrong entries are complained about and left out.
    static func entries<Item: Sendable>(
        _ noun: String, of item: Kind<Item>, names check: @escaping @Sendable (String) throws(Complaint) -> Void
    ) -> Kind where Value == [PackageEntry<Item>] {
        let expected = "a map of \(noun)"
        return Kind(
            expected: expected, schema: .map(item.schema), write: { .map($0.map { ($0.name, item.write($0.value)) }) }
        ) { node, path, context in
            guard let mapping = context.mapping(node, path: path, expected: expected) else { return nil }
            return mapping.entries.compactMap { entry in
                let inner = "\(path).\(entry.key)"
                do throws(Complaint) {
                    try check(entry.key)
                } catch {
                    context.error(
                        entry.keyMark, "\(path): " + (error.message ?? "\(Found.quoted(entry.key)) cannot be used"),
                        remedy: error.remedy)
                    return nil
                }
                return item.read(entry.value, inner, context).map {
                    PackageEntry(name: entry.key, mark: entry.keyMark, path: inner, value: $0)
                }
            }
        }
    }
}
