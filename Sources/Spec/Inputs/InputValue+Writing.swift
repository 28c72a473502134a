import Formats
import YAML

extension InputValue {
    /// The value as it is written in a spec.
    var written: YAML.Node {
        switch self {
        case .text(let text): .expandable(text)
        case .integer(let number): .plain(number)
        case .boolean(let value): .plain(value)
        case .list(let items): .list(items.map(\.written))
        case .map(let values): .map(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.written) })
        case .secret(let secret): Kind<Secret>.secret.write(secret)
        case .members(let members): .list(members.map(Kind<Member>.member.write))
        case .reference(let reference): reference.written
        }
    }

    /// The secrets that it names, with their paths below it.
    var fieldSecrets: [FieldSecret] {
        switch self {
        case .secret(let secret): [FieldSecret(path: "", secret: secret, content: .anything)]
        case .list, .map: below.flatMap { key, value in value.fieldSecrets.map { $0.below(key) } }
        case .text, .integer, .boolean, .members, .reference: []
        }
    }

    /// The references in it, with their paths.
    func references(at key: String, takesSecrets: Bool) -> [PlacedReference] {
        switch self {
        case .reference(let reference): [PlacedReference(reference, key: key, takesSecrets: takesSecrets)]
        case .list, .map:
            below.flatMap { inner, value in value.references(at: "\(key).\(inner)", takesSecrets: takesSecrets) }
        case .text, .integer, .boolean, .members, .secret: []
        }
    }

    /// What is in it, by the paths that are on record.
    private var below: [(String, InputValue)] {
        switch self {
        case .list(let items): items.enumerated().map { ("\($0 + 1)", $1) }
        case .map(let values): values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        case .text, .integer, .boolean, .members, .reference, .secret: []
        }
    }

    /// The value in one line of YAML, for the reference.
    var oneLine: String {
        switch self {
        case .text(let text): text.isPlainYAML ? text : "\"\(Found.shortened(text))\""
        case .integer, .boolean: plainText ?? ""
        case .list(let items): "[" + items.map(\.oneLine).joined(separator: ", ") + "]"
        case .map: "{" + below.map { "\($0): \($1.oneLine)" }.joined(separator: ", ") + "}"
        case .members, .reference, .secret: "…"
        }
    }
}

extension Dictionary where Key == String, Value == InputValue {
    /// The references in the inputs of a role, by their names.
    ///
    /// - Parameter isSecret: whether an input may be a secret.
    package func references(isSecret: (_ input: String) -> Bool = { _ in false }) -> [PlacedReference] {
        sorted { $0.key < $1.key }.flatMap { name, value in
            value.references(at: name, takesSecrets: isSecret(name))
        }
    }
}
