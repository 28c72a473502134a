/// The pairs of a YAML mapping in the order in which they were written; no key occurs twice.
package struct Mapping: Sendable, Equatable {
    package var entries: [Entry]

    package init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    /// The value of a key.
    package subscript(key: String) -> Node? {
        entries.first { $0.key == key }?.value
    }
}

extension Mapping {
    /// One pair of a mapping.
    package struct Entry: Sendable, Equatable {
        /// The key's text: `2` and `"2"` are the same key.
        package let key: String
        package let keyMark: Position
        /// How the key was written, for whoever writes it again: older parsers make a boolean of a plain `on`.
        package let keyStyle: Scalar.Style
        package let value: Node

        package init(key: String, keyMark: Position, keyStyle: Scalar.Style = .plain, value: Node) {
            self.key = key
            self.keyMark = keyMark
            self.keyStyle = keyStyle
            self.value = value
        }

        /// Two entries are equal when they say the same, wherever they stand.
        package static func == (left: Entry, right: Entry) -> Bool {
            left.key == right.key && left.value == right.value
        }
    }
}
