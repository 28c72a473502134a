import YAML

/// How kvmctl writes YAML of its own: trees, put into text by the emitter and never by hand.
extension YAML.Node {
    /// Text, in quotes so that no reader takes it for something else.
    static func text(_ text: String) -> Node { Node(.scalar(Scalar(text, style: .quoted)), at: own) }
    /// A number or boolean.
    static func plain(_ value: some CustomStringConvertible) -> Node {
        Node(.scalar(Scalar("\(value)", style: .plain)), at: own)
    }
    static func list(_ items: [Node]) -> Node { Node(.sequence(items), at: own) }
    static func map(_ pairs: [(String, Node?)]) -> Node { Node(.mapping(Mapping(entries(pairs))), at: own) }

    /// The pairs of a map; what is nil is left out.
    private static func entries(_ pairs: [(String, Node?)]) -> [Mapping.Entry] {
        pairs.compactMap { key, value in value.map { Mapping.Entry(key: key, keyMark: own, value: $0) } }
    }

    private static let own = Position(file: "kvmctl", line: 1, column: 1)
}
