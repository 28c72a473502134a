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
    case either([Schema])
    /// A map that may have other keys than the table's, which are somebody else's.
    case open(Table)

    /// What `Name` accepts.
    static let namePattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
}
