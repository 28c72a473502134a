import YAML

extension Kind {
    /// A list of values; wrong items are complained about and left out.
    package static func list<Item>(of item: Kind<Item>, _ noun: String) -> Kind where Value == [Item] {
        let expected = "a list of \(noun)"
        return Kind(
            expected: expected, schema: .list(item.schema), write: { .list($0.map(item.write)) }
        ) { node, path, context in
            switch node.content {
            case .invalid:
                return nil
            case .sequence(let nodes):
                return nodes.compactMap { item.read($0, path, context) }
            case .scalar(let scalar):
                var remedy: String?
                if case .text(let text) = scalar.value { remedy = "write [\(Found.shortened(text))]" }
                context.mismatch(node, path: path, expected: expected, remedy: remedy)
                return nil
            case .mapping:
                context.mismatch(node, path: path, expected: expected)
                return nil
            }
        }
    }

    /// A map from names to values; wrong entries are complained about and left out.
    static func named<Item>(
        _ noun: String, _ item: Kind<Item>
    ) -> Kind where Value == [(name: Name, mark: Position, value: Item)] {
        let expected = "a map of \(noun)"
        return Kind(
            expected: expected, schema: .map(item.schema),
            write: { .map($0.map { ($0.name.text, item.write($0.value)) }) }
        ) { node, path, context in
            guard let mapping = context.mapping(node, path: path, expected: expected) else { return nil }
            return mapping.entries.compactMap { entry in
                let name = context.name(entry.key, at: entry.keyMark, path: path)
                let value = item.read(entry.value, "\(path).\(entry.key)", context)
                guard let name, let value else { return nil }
                return (name, entry.keyMark, value)
            }
        }
    }

    /// A map with keys of people's own, which `check` may refuse; wrong entries are complained about and left out.
    package static func map<Item: Sendable>(
        _ noun: String, of item: Kind<Item>, keys check: @escaping @Sendable (String) throws(Complaint) -> Void
    ) -> Kind where Value == [String: Item] {
        let expected = "a map of \(noun)"
        var kind = Kind(
            expected: expected, schema: .map(item.schema),
            write: { .map($0.sorted { $0.key < $1.key }.map { ($0.key, item.write($0.value)) }) }
        ) { node, path, context in
            guard let mapping = context.mapping(node, path: path, expected: expected) else { return nil }
            var values: [String: Item] = [:]
            for entry in mapping.entries {
                let inner = "\(path).\(entry.key)"
                let value = item.read(entry.value, inner, context)
                do throws(Complaint) {
                    try check(entry.key)
                    context.record(inner, at: entry.keyMark)
                    values[entry.key] = value
                } catch {
                    context.error(
                        entry.keyMark, "\(path): " + (error.message ?? "\(Found.quoted(entry.key)) cannot be used"),
                        remedy: error.remedy)
                }
            }
            return values
        }
        kind.secrets = { values in
            values.sorted { $0.key < $1.key }.flatMap { key, value in item.secrets(value).map { $0.below(key) } }
        }
        return kind
    }

    /// A map with a fixed table of keys; `written` says for each of them what a value has there.
    static func object(
        _ table: Table, _ written: @escaping @Sendable (Value) -> [WrittenKey],
        _ build: @escaping @Sendable (MapReader) -> Value?
    ) -> Kind {
        Kind(
            expected: "a map", schema: .object(table), write: { table.node(written($0)) }
        ) { node, path, context in
            MapReader(node, table: table, path: path, context: context).flatMap(build)
        }
    }
}

extension Kind where Value == [String: String] {
    /// Labels: text by text.
    static var labels: Kind {
        Kind(
            expected: "a map of labels", schema: .map(.text(pattern: nil)),
            write: { .map($0.sorted { $0.key < $1.key }.map { ($0.key, .expandable($0.value)) }) }
        ) { node, path, context in
            guard let mapping = context.mapping(node, path: path, expected: "a map of labels") else { return nil }
            var labels: [String: String] = [:]
            for entry in mapping.entries {
                guard let value = Kind<String>.text.read(entry.value, "\(path).\(entry.key)", context) else { continue }
                context.record("\(path).\(entry.key)", at: entry.value.mark)
                labels[entry.key] = value
            }
            return labels
        }
    }
}
