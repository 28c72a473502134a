import YAML

/// Reads the values of a map by the keys of its table.
///
/// Making one complains about every unknown key at once; reading a value complains about that value.
struct MapReader {
    let mapping: Mapping
    let mark: Position
    /// Where the map stands in its thing, such as `nics.eth0`; empty at the top.
    let path: String
    let context: DecodingContext
    private let table: Table?

    /// Returns nil where the node is no map; without a table, unknown keys are somebody else's to find.
    init?(_ node: YAML.Node, table: Table?, path: String, subject: String? = nil, context: DecodingContext) {
        let remedy = table.flatMap { node.scalar?.text.isEmpty == false ? $0.principal : nil }.map { key in
            "write {\(key.name): \(Found.shortened(node.scalar?.text ?? ""))}"
        }
        guard let mapping = context.mapping(node, path: subject ?? path, remedy: remedy) else { return nil }
        self.mapping = mapping
        self.mark = node.mark
        self.path = path
        self.context = context
        self.table = table
        table?.check(mapping, context: context)
    }

    /// The value of a key; nil where it is not given, or wrong.
    func optional<Value>(_ key: Key<Value>) -> Value? {
        guard let node = mapping[key.name] else { return nil }
        let path = fullPath(key.name)
        context.example = (key.example ?? key.schema.example(context.roles)).map {
            (path: path, text: "\(key.name): \($0)")
        }
        guard let value = key.kind.read(node, path, context) else { return nil }
        context.record(path, at: node.mark)
        return value
    }

    /// The value of a key; complains where it is not given.
    func required<Value>(_ key: Key<Value>) -> Value? {
        guard mapping[key.name] != nil else {
            guard !context.acceptsMissing, table?.isMisspelt(key.name, in: mapping) != true else { return nil }
            let prefix = path.isEmpty ? "" : "\(path): "
            context.error(mark, "\(prefix)\(key.name) is missing", remedy: "expected \(key.kind.expected)")
            return nil
        }
        return optional(key)
    }

    /// Whether the key is given, right or wrong.
    func has<Value>(_ key: Key<Value>) -> Bool {
        mapping[key.name] != nil
    }

    /// The place of a key's value, or of the map where it is not given.
    func mark<Value>(of key: Key<Value>) -> Position {
        mapping[key.name]?.mark ?? mark
    }

    private func fullPath(_ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }
}
