/// What a piece of text is, which decides its colour where there is one.
///
/// Colour never carries a meaning of its own: every piece reads the same without it.
enum Ink: Sendable, Hashable {
    /// Something new.
    case addition
    /// Something that changes.
    case change
    /// Something that goes away.
    case removal
    /// Something that failed or was refused.
    case alarm
    /// What the eye should find.
    case strong
    /// What may be overlooked.
    case quiet

    /// The terminal's code that turns it on.
    var code: String {
        switch self {
        case .addition: "\u{1b}[32m"
        case .change: "\u{1b}[33m"
        case .removal, .alarm: "\u{1b}[31m"
        case .strong: "\u{1b}[1m"
        case .quiet: "\u{1b}[2m"
        }
    }

    /// The terminal's code that turns everything off again.
    static let reset = "\u{1b}[0m"
}
