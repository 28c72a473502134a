import Formats
import Spec
import YAML

extension StructuredValue {
    /// A YAML tree with the same meaning; a scalar that JSON writes otherwise, such as `0755` or `1.10`, is text.
    init(_ node: YAML.Node) {
        switch node.content {
        case .scalar(let scalar): self.init(scalar)
        case .sequence(let items): self = .list(items.map { StructuredValue($0) })
        case .mapping(let mapping): self = .object(mapping.entries.map { Entry($0.key, StructuredValue($0.value)) })
        case .invalid: self = .null
        }
    }

    private init(_ scalar: Scalar) {
        switch scalar.value {
        case .null: self = .null
        case .bool(let value): self = .boolean(value)
        case .int(let value) where String(value) == scalar.text: self = .count(value)
        case .float(let value) where "\(value)" == scalar.text: self = .number(value)
        case .int, .float: self = .text(scalar.text)
        case .text(let text): self = .text(text)
        }
    }

    /// A map from texts to texts, sorted.
    static func labels(_ labels: [String: String]) -> StructuredValue {
        .object(labels.sorted { $0.key < $1.key }.map { Entry($0.key, .text($0.value)) })
    }

    /// An object without the keys that have no value.
    static func known(_ entries: [(String, StructuredValue?)]) -> StructuredValue {
        .object(entries.compactMap { key, value in value.map { Entry(key, $0) } })
    }
}
