/// What a value may be, in the terms of JSON Schema.
indirect enum Schema: Sendable {
    case text(pattern: String?)
    case integer(ClosedRange<Int>)
    case number(limit: Double)
    case boolean
    case choice([String])
    case list(Schema)
    /// A map from names to values.
    case map(Schema)
    case object(Table)
    /// A map with one of the kinds of roles.
    case role
    case either([Schema])
    /// A map that may have other keys than the table's, which are somebody else's.
    case open(Table)

    /// What `Name` accepts.
    static let namePattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
}

extension Schema {
    /// What stands at a key of a map; nil where that is not known.
    func below(_ key: String, _ roles: RoleLanguages) -> Schema? {
        switch self {
        case .object(let table), .open(let table): table.keys.first { $0.name == key }?.schema
        case .map(let item): item
        case .role: Schema.object(roles.table).below(key, roles)
        case .either(let choices): choices.lazy.compactMap { $0.below(key, roles) }.first
        case .text, .integer, .number, .boolean, .choice, .list: nil
        }
    }

    /// Whether it is a map that holds one of its keys.
    var isAlternative: Bool {
        switch self {
        case .object(let table): table.isAlternative
        case .either(let choices): choices.contains(where: \.isAlternative)
        default: false
        }
    }

    /// A value in one line of YAML, where roles make it.
    func example(_ roles: RoleLanguages) -> String? {
        if case .map(.role) = self { roles.example } else { nil }
    }
}
