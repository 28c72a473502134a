import Foundation
import Testing
import YAML

@testable import Formats

struct StructuredValueTests {
    static let sample: StructuredValue = [
        "text": "a \"quoted\" \\ text\nwith \u{1b}[31m, \u{202e}, äöü and \u{10ffff}",
        "empty": "", "number": .number(1.5), "integer": -7, "yes": true, "null": .null,
        "list": [1, "two", [3, []], ["four": [:], "five": [5]]],
        "words": ["true", "no", "null", "~", "1.0", "0x10", "2026-01-01", "- a", "a: b", "#c", "web-1", "/var/lib"],
    ]

    @Test("indented JSON and JSON on one line say the same, and a JSON parser agrees")
    func json() throws {
        let indented = try JSONSerialization.jsonObject(with: Data(Self.sample.json.utf8)) as? NSDictionary
        let line = try JSONSerialization.jsonObject(with: Data(Self.sample.jsonLine.utf8)) as? NSDictionary
        #expect(indented == line)
        #expect(indented?["text"] as? String == "a \"quoted\" \\ text\nwith \u{1b}[31m, \u{202e}, äöü and \u{10ffff}")
        #expect(indented?["integer"] as? Int == -7)
        #expect(!Self.sample.jsonLine.contains("\n"))
    }

    @Test("no control character is in JSON or YAML but the line breaks between rows")
    func noControls() {
        for text in [Self.sample.json, Self.sample.yaml, Self.sample.jsonLine] {
            #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !$0.isUnprintable })
        }
    }

    @Test("YAML reads back as the same tree that JSON does, JSON being YAML, too")
    func yaml() {
        let fromYAML = Document(reading: Self.sample.yaml, file: "a")
        let fromJSON = Document(reading: Self.sample.jsonLine, file: "b")
        #expect(fromYAML.errors.isEmpty)
        #expect(fromJSON.errors.isEmpty)
        #expect(fromYAML.root != nil)
        #expect(fromYAML.root.map(Self.meaning) == fromJSON.root.map(Self.meaning))
    }

    /// What a tree says, however its scalars are quoted.
    private static func meaning(_ node: YAML.Node) -> String {
        switch node.content {
        case .scalar(let scalar): "\(scalar.value)"
        case .sequence(let items): "[" + items.map(meaning).joined(separator: ", ") + "]"
        case .mapping(let mapping):
            "{" + mapping.entries.map { "\($0.key): \(meaning($0.value))" }.joined(separator: ", ") + "}"
        case .invalid: "invalid"
        }
    }

    @Test("keys keep their order")
    func order() {
        let value: StructuredValue = ["b": 1, "a": 2]
        #expect(value.jsonLine == #"{"b":1,"a":2}"#)
        #expect(value.yaml == "b: 1\na: 2\n")
        #expect(value.json == "{\n  \"b\": 1,\n  \"a\": 2\n}\n")
    }

    @Test("what is empty is written as empty")
    func empty() {
        let value: StructuredValue = ["a": [], "b": [:]]
        #expect(value.json == "{\n  \"a\": [],\n  \"b\": {}\n}\n")
        #expect(value.yaml == "a: []\nb: {}\n")
    }

    @Test("a list of scalars is on one line where that is asked for, and all else stays indented")
    func shortLists() throws {
        let value: StructuredValue = ["a": [1, "two", .null], "b": [[]], "c": [["d": []]]]
        let rows = [
            "{", #"  "a": [1, "two", null],"#, #"  "b": ["#, "    []", "  ],", #"  "c": ["#, "    {", #"      "d": []"#,
            "    }", "  ]", "}", "",
        ]
        #expect(value.compactJSON == rows.joined(separator: "\n"))
        let compact = try JSONSerialization.jsonObject(with: Data(Self.sample.compactJSON.utf8)) as? NSDictionary
        #expect(try compact == JSONSerialization.jsonObject(with: Data(Self.sample.json.utf8)) as? NSDictionary)
    }

    @Test(
        "a text is plain YAML only where no reader takes it for anything else",
        arguments: [
            ("web-1", true), ("/var/lib", true), ("a.b@c+d_e", true), ("Yes", false), ("OFF", false), ("n", false),
            ("", false),
            ("1a", false), ("-a", false), ("a b", false), ("a:", false), ("ä", false), ("~", false),
        ])
    func plain(_ text: String, _ isPlain: Bool) {
        #expect(text.isPlainYAML == isPlain)
        #expect((StructuredValue.list([.text(text)]).yaml == "- \(text)\n") == isPlain)
    }
}
