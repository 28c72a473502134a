import SeededRandomness
import Testing
import YAML

@Suite("Writing YAML")
struct EmitterTests {
    @Test(
        "every scalar keeps its style and text",
        arguments: [
            "mode: 0644\n", "flag: yes\n", "flag: 'yes'\n", "'on': 1\n", "on: 1\n", "empty:\nnext: ~\n",
            "- 0o17\n- '0o17'\n- 1e3\n- 12:30:45\n- '12:30:45'\n", "text: |\n  a\n    b\n\n  c\n",
            "text: |-\n  a\n  b\n",
            "text: |2\n    indented\n  b\n", "list: []\nmap: {}\n",
            "a:\n  b:\n  - c: d\n    e: f\n  - g\n", "'<<': quoted\n", "key with spaces: 'it''s # no comment'\n",
        ])
    func kept(text: String) throws {
        let node = try #require(Document(reading: text, file: "a").root)
        #expect(try Emitter.text(node) == text)
    }

    @Test("what was written says the same when it is read", arguments: 0..<500)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: (seed + 1) &* 0x9E37_79B9_7F4A_7C15)
        // In a list, since a document of nothing at all is no document.
        let node = Node(
            .sequence([anyNode(depth: 3, using: &random)]), at: Position(file: "random", line: 1, column: 1))
        let text = try Emitter.text(node)
        let document = Document(reading: text, file: "b")
        let back = try #require(document.root, "\(document.errors)\n\(text)")
        #expect(same(node, back), "\(text)")
    }

    @Test("a long line is not broken")
    func longLine() throws {
        let text = "runcmd: " + Array(repeating: "word", count: 500).joined(separator: " ") + "\n"
        let node = try #require(Document(reading: text, file: "a").root)
        #expect(try Emitter.text(node) == text)
    }

    @Test("what could not be read is not written")
    func invalid() throws {
        let document = Document(reading: "a: {b: 1, b: 2}\nc: !odd d\n", file: "a.yaml")
        let node = try #require(document.root)
        #expect(throws: EmitterError.self) { try Emitter.text(node) }
    }

    /// Equal in structure, keys, and what each scalar means.
    private func same(_ left: Node, _ right: Node) -> Bool {
        switch (left.content, right.content) {
        case (.scalar(let left), .scalar(let right)):
            left.value == right.value || left.text == right.text && left.style == .plain && right.style == .plain
        case (.sequence(let left), .sequence(let right)):
            left.count == right.count && zip(left, right).allSatisfy(same)
        case (.mapping(let left), .mapping(let right)):
            left.entries.map(\.key) == right.entries.map(\.key)
                && zip(left.entries, right.entries).allSatisfy { same($0.value, $1.value) }
        default: false
        }
    }

    private func anyNode(depth: Int, using random: inout SeededGenerator) -> Node {
        let mark = Position(file: "random", line: 1, column: 1)
        switch depth == 0 ? 0 : Int.random(in: 0..<4, using: &random) {
        case 1:
            let count = Int.random(in: 0..<4, using: &random)
            return Node(.sequence((0..<count).map { _ in anyNode(depth: depth - 1, using: &random) }), at: mark)
        case 2, 3:
            var entries: [Mapping.Entry] = []
            for _ in 0..<Int.random(in: 0..<4, using: &random) {
                let key = anyScalar(using: &random)
                guard !entries.contains(where: { $0.key == key.text }), key.text.utf8.count < 100 else { continue }
                entries.append(
                    .init(
                        key: key.text, keyMark: mark, keyStyle: key.text == "<<" ? .quoted : key.style,
                        value: anyNode(depth: depth - 1, using: &random)))
            }
            return Node(.mapping(Mapping(entries)), at: mark)
        default:
            return Node(.scalar(anyScalar(using: &random)), at: mark)
        }
    }

    private func anyScalar(using random: inout SeededGenerator) -> Scalar {
        let pieces = [
            "a", "b c", "\n", "\n\n", " ", "  ", "\t", ":", ": ", "#", " #", "- ", "-", "'", "\"", "\\", "|", ">", "&x",
            "*x", "!t", "%", "@", "`", "{", "}", "[", "]", ",", "?", "? ", "---", "...", "0644", "yes", "null", "~",
            "1.5", "ü", "日本", "🎈", "\u{85}", "\u{2028}", "\u{7f}", "\u{feff}", "<<", "=",
        ]
        let text = (0..<Int.random(in: 0..<5, using: &random)).map { _ in
            pieces[Int.random(in: 0..<pieces.count, using: &random)]
        }.joined()
        let styles: [Scalar.Style] = [.plain, .quoted, .block]
        return Scalar(text, style: styles[Int.random(in: 0..<3, using: &random)])
    }
}
