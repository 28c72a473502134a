/// A piece of a template.
indirect enum TemplatePart: Sendable, Equatable {
    case text(String)
    /// A value; alone on its line it may have several lines.
    case value(TemplateName, isAlone: Bool)
    case section(TemplateName, isInverted: Bool, [TemplatePart])

    /// Every name in it, in order.
    var names: [TemplateName] {
        switch self {
        case .text: []
        case .value(let name, _): [name]
        case .section(let name, _, let parts): [name] + parts.flatMap(\.names)
        }
    }
}

/// A name in a template, with its place.
package struct TemplateName: Sendable, Equatable {
    /// Such as `listen`, `kvmctl.address`, `mode.primary` or `.`, the item of a list.
    package let text: String
    /// Where its braces begin.
    package let position: Position

    /// What stands before the first dot.
    var root: String {
        isItem ? text : String(text.prefix { $0 != "." })
    }

    /// What stands behind the first dot: a unit, a word of a choice, or the name of one of kvmctl's values.
    var property: String? {
        guard !isItem, let dot = text.firstIndex(of: ".") else { return nil }
        return String(text[text.index(after: dot)...])
    }

    var isItem: Bool { text == "." }

    /// Whether it is one of kvmctl's own values.
    var isOwn: Bool { root == InputDeclaration.reserved }

    /// Whether a text can stand between braces.
    static func isName(_ text: String) -> Bool {
        guard text != "." else { return true }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return !parts.isEmpty
            && parts.allSatisfy { part in
                !part.isEmpty && part.unicodeScalars.allSatisfy { $0.isAlphanumeric || $0 == "_" || $0 == "-" }
            }
    }
}
