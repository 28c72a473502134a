/// An input that a role package declares.
package struct InputDeclaration: Sendable, Equatable {
    package let name: String
    package let type: InputType
    /// Whether a spec must give it; one that is neither required nor has a default may be unset.
    package let isRequired: Bool
    package let defaultValue: InputValue?
    /// What it means, for editors and the reference.
    package let summary: String
    /// A value in one line of YAML.
    package let example: String?
    package let position: Position

    package init(
        name: String, type: InputType, isRequired: Bool = false, defaultValue: InputValue? = nil, summary: String = "",
        example: String? = nil, position: Position
    ) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.summary = summary
        self.example = example
        self.position = position
    }

    /// Whether a role may have no value for it.
    package var isOptional: Bool { !isRequired && defaultValue == nil }
}

extension InputDeclaration {
    /// How many characters a name has at most.
    static let longestName = 40

    /// What stands before the names of kvmctl's own values in a template.
    static let reserved = "kvmctl"

    /// Whether a text can be the name of an input or output.
    static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, ("a"..."z").contains(first) else { return false }
        return text.utf8.count <= longestName && text.unicodeScalars.allSatisfy(\.isAlphanumeric)
    }
}
