import Formats
import Foundation
import Spec
import Testing
import YAML

@testable import kvmctl

struct DiagnosticsViewTests {
    static let lines = ["apiVersion: kvmctl/v1", "nodes:", "  kvm1: {adress: 10.77.0.11}", "\tx: \u{1b}[31m"]

    static func view(_ diagnostics: Diagnostic...) -> DiagnosticsView {
        DiagnosticsView(diagnostics: diagnostics, sources: ["a.yaml": lines])
    }

    @Test("a complaint shows its place, the line with a caret, what to do, and the other place")
    func golden() {
        let view = Self.view(
            Diagnostic(
                at: Position(file: "a.yaml", line: 3, column: 10), "unknown key \"adress\" in nodes.kvm1",
                remedy: "did you mean address?",
                related: .init("first defined", at: Position(file: "b.yaml", line: 1, column: 1))),
            Diagnostic(.warning, at: Position(file: "b.yaml", line: 9, column: 1), "nobody uses this"))
        #expect(
            view.text(style: .plain) == """
                a.yaml:3:10: error: unknown key "adress" in nodes.kvm1
                    3 |   kvm1: {adress: 10.77.0.11}
                      |          ^
                    did you mean address?
                    b.yaml:1:1: first defined
                b.yaml:9:1: warning: nobody uses this
                1 error, 1 warning

                """)
    }

    @Test("controls in the line take one column each, so that the caret stands right")
    func controls() {
        let text = Self.view(Diagnostic(at: Position(file: "a.yaml", line: 4, column: 2), "a tab")).text(style: .plain)
        #expect(text == "a.yaml:4:2: error: a tab\n    4 |  x:  [31m\n      |  ^\n1 error\n")
    }

    @Test("a place beyond the file or the line shows no source", arguments: [(99, 1), (1, 99), (1, 0)])
    func outside(line: Int, column: Int) {
        let text = Self.view(Diagnostic(at: Position(file: "a.yaml", line: line, column: column), "x")).text(
            style: .plain)
        #expect(text == "a.yaml:\(line):\(column): error: x\n1 error\n")
    }

    @Test("of a very long line only the part around the place is shown")
    func longLine() {
        let view = DiagnosticsView(
            diagnostics: [Diagnostic(at: Position(file: "l", line: 1, column: 5_000), "x")],
            sources: ["l": [String(repeating: "a", count: 4_999) + "B" + String(repeating: "c", count: 5_000)]])
        let rows = view.text(style: .plain).split(separator: "\n")
        #expect(rows[1].count < 120)
        let caret = rows[2].distance(from: rows[2].startIndex, to: rows[2].firstIndex(of: "^") ?? rows[2].startIndex)
        #expect(Array(rows[1])[caret] == "B")
    }

    @Test("of more than 50 complaints the first are shown, errors before warnings, and how many more there are")
    func many() {
        let warnings = (1...100).map {
            Diagnostic(.warning, at: Position(file: "a.yaml", line: $0, column: 1), "odd")
        }
        let errors = (200...211).map { Diagnostic(at: Position(file: "a.yaml", line: $0, column: 1), "wrong") }
        let text = DiagnosticsView(diagnostics: warnings + errors, sources: [:]).text(style: .plain)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 51)
        #expect(lines.first == "a.yaml:1:1: warning: odd")
        #expect(lines.dropLast().last == "a.yaml:211:1: error: wrong")
        #expect(lines.last == "12 errors, 100 warnings; 62 more not shown")
        let fifty = DiagnosticsView(diagnostics: Array(warnings.prefix(50)), sources: [:]).text(style: .plain)
        #expect(fifty.split(separator: "\n").last == "50 warnings")
    }

    @Test("a file that is not there is named without a place in it")
    func wholeFile() throws {
        let view = Self.view(Diagnostic(at: Position(wholeFile: "b.yaml"), "cannot be read"))
        #expect(view.text(style: .plain) == "b.yaml: error: cannot be read\n1 error\n")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(view.value.json.utf8)) as? [String: Any])
        let first = try #require((document["diagnostics"] as? [[String: Any]])?.first)
        #expect((first["position"] as? [String: Any])?["line"] is NSNull)
    }

    @Test("nothing to say is no text")
    func nothing() {
        #expect(Self.view().text(style: .plain) == "")
    }

    @Test("for programs, each has its place as numbers")
    func json() throws {
        let view = Self.view(Diagnostic(at: Position(file: "a.yaml", line: 3, column: 10), "m", remedy: "r"))
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(view.value.json.utf8)) as? [String: Any])
        #expect(document["errors"] as? Int == 1)
        let first = try #require((document["diagnostics"] as? [[String: Any]])?.first)
        #expect(first["message"] as? String == "m")
        #expect((first["position"] as? [String: Any])?["column"] as? Int == 10)
    }
}
