import YAML

/// The keys that a kind of map has: the decoder's list of what it knows and the schema's source.
struct Table: Sendable {
    /// What the map describes, with its article, such as `a network`.
    let noun: String
    let keys: [any KeyDescription]
    /// The keys that must be given; the decoder asks for them with `MapReader.required`.
    let required: [any KeyDescription]
    /// Whether any key may be null, which removes what a lower layer says.
    let acceptsNull: Bool
    /// Whether it holds one of its keys: in a merge, the upper map then takes the place of the lower one.
    let isAlternative: Bool
    /// Whether keys starting with `x-` are passed over, as at the top of a file.
    let ignoresExtensions: Bool
    /// The key that is meant where a value stands without any.
    let principal: (any KeyDescription)?

    init(
        _ noun: String, _ keys: [any KeyDescription], required: [any KeyDescription] = [], acceptsNull: Bool = false,
        isAlternative: Bool = false, ignoresExtensions: Bool = false, principal: (any KeyDescription)? = nil
    ) {
        self.noun = noun
        self.keys = keys
        self.required = required
        self.acceptsNull = acceptsNull
        self.isAlternative = isAlternative
        self.ignoresExtensions = ignoresExtensions
        self.principal = principal
    }

    /// Complains about every key that the table does not have.
    func check(_ mapping: Mapping, context: DecodingContext) {
        for entry in mapping.entries where !keys.contains(where: { $0.name == entry.key }) {
            if ignoresExtensions, entry.key.hasPrefix("x-") { continue }
            let known = keys.map(\.name)
            if context.isConfidential {
                context.error(
                    entry.keyMark, "unknown key in \(noun)", remedy: "known keys are \(known.joined(separator: ", "))")
                continue
            }
            let near = NearMiss.of(entry.key, in: known)
            context.add(
                Diagnostic(
                    at: entry.keyMark, "unknown key \(Found.quoted(entry.key)) in \(noun)",
                    remedy: near.map { "did you mean \"\($0)\"?" } ?? "known keys are \(known.joined(separator: ", "))",
                    isConfidential: Table.mayNameSecret(entry.key)))
        }
    }

    /// Whether a map has a key that was probably meant to be this one; it was complained about as unknown.
    func isMisspelt(_ name: String, in mapping: Mapping) -> Bool {
        mapping.entries.contains { entry in
            NearMiss.of(entry.key, in: [name]) != nil && !keys.contains { $0.name == entry.key }
        }
    }

    /// Whether a key that nobody knows may have a secret as its value.
    static func mayNameSecret(_ key: String) -> Bool {
        if NearMiss.of(key, in: [InstanceField.rootPassword.key.name]) != nil { return true }
        let key = key.lowercased()
        return ["pass", "pw", "secret", "token", "key"].contains { key.contains($0) }
    }
}

/// What is known of a key without the type of its value.
protocol KeyDescription: Sendable {
    var name: String { get }
    var summary: String { get }
    var expected: String { get }
    var unset: String? { get }
    var example: String? { get }
    var schema: Schema { get }
}

/// A key of a map with the kind of its value.
package struct Key<Value>: KeyDescription {
    let name: String
    let kind: Kind<Value>
    /// What it means in a sentence, for editors and the reference; Markdown.
    let summary: String
    /// What holds where it is not given; nil where nothing does, or where it must be given.
    let unset: String?
    /// A value as it is written, in one line of YAML.
    let example: String?

    package init(_ name: String, _ kind: Kind<Value>, _ summary: String, unset: String? = nil, example: String?) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.unset = unset
        self.example = example
    }

    var expected: String { kind.expected }
    var schema: Schema { kind.schema }
}
