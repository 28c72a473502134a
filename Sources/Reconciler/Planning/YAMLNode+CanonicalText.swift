import YAML

extension YAML.Node {
    /// A text that is equal exactly where two trees say the same; for digests only.
    var canonicalText: String {
        switch content {
        case .scalar(let scalar): "\(scalar.style == .plain ? "p" : "q")\(scalar.text.utf8.count):\(scalar.text)"
        case .sequence(let items): "[" + items.map(\.canonicalText).joined(separator: ",") + "]"
        case .mapping(let mapping):
            "{"
                + mapping.entries.map { "\($0.key.utf8.count):\($0.key)=\($0.value.canonicalText)" }.sorted()
                .joined(separator: ",") + "}"
        case .invalid: "!"
        }
    }
}
