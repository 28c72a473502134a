import Formats
import YAML

/// How values are written: plain where no reader could take them for anything else.
extension YAML.Node {
    /// Text that is taken as it stands.
    static func text(_ text: String) -> YAML.Node {
        YAML.Node(.scalar(Scalar(text, style: text.isPlainYAML ? .plain : .quoted)), at: rendered)
    }

    /// Text into which variables are put when it is read: what looks like one is escaped.
    static func expandable(_ text: String) -> YAML.Node { .text(text.replacing("${", with: "$${")) }

    /// A number or boolean.
    static func plain(_ value: some CustomStringConvertible) -> YAML.Node {
        YAML.Node(.scalar(Scalar(value.description, style: .plain)), at: rendered)
    }

    static func list(_ items: [YAML.Node]) -> YAML.Node { YAML.Node(.sequence(items), at: rendered) }

    static func map(_ pairs: [(String, YAML.Node)]) -> YAML.Node {
        let entries = pairs.map { key, value in
            Mapping.Entry(key: key, keyMark: rendered, keyStyle: key.isPlainYAML ? .plain : .quoted, value: value)
        }
        return YAML.Node(.mapping(Mapping(entries)), at: rendered)
    }

    private static let rendered = Position(file: "rendered", line: 1, column: 1)
}
