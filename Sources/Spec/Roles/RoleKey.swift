/// The key of a kind of role: how it is called in a spec and in the marks of domains, such as `files`.
package struct RoleKey: Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package init(stringLiteral text: String) {
        self.init(text)
    }

    package var description: String { text }

    package static func < (one: RoleKey, other: RoleKey) -> Bool { one.text < other.text }
}
