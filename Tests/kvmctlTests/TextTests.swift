import Testing

@testable import kvmctl

struct TextTests {
    @Test("columns stand below each other, and nothing trails")
    func columns() {
        let lines = Columns.lines([["a", "bbb", "c"], ["aaa", "", "cc"], ["a", "b", ""]], indent: 2)
        #expect(Page(lines: lines).text(in: .plain) == "  a    bbb  c\n  aaa       cc\n  a    b\n")
    }

    @Test("colours are codes around the text, and only where they are wanted")
    func colours() {
        let line = Line([Span("x", .addition), Span(" y")])
        #expect(line.text(in: .plain) == "x y")
        #expect(line.text(in: Style(hasColour: true, width: nil)) == "\u{1b}[32mx\u{1b}[0m y")
    }

    @Test("a long line is broken at spaces and goes on below its own start")
    func wrapping() {
        let line = Line([Span("  "), Span("one two three four five six seven eight nine ten")], hang: 4)
        #expect(
            line.text(in: Style(hasColour: false, width: 24))
                == "  one two three four\n    five six seven eight\n    nine ten")
    }

    @Test("a word that is longer than the line is left whole")
    func longWord() {
        let line = Line([Span("see "), Span(String(repeating: "x", count: 30)), Span(" there")], hang: 2)
        #expect(
            line.text(in: Style(hasColour: false, width: 20))
                == "see\n  \(String(repeating: "x", count: 30))\n  there")
    }

    @Test(
        "colour is for terminals whose owner did not say no",
        arguments: [
            (80, [:], false, true), (nil, [:], false, false), (80, ["NO_COLOR": "1"], false, false),
            (80, ["NO_COLOR": ""], false, true), (80, ["TERM": "dumb"], false, false),
            (80, ["TERM": "xterm"], true, false),
        ] as [(Int?, [String: String], Bool, Bool)])
    func colourChoice(columns: Int?, environment: [String: String], refuses: Bool, expected: Bool) {
        let style = Style(columns: columns, environment: environment, refusesColour: refuses)
        #expect(style.hasColour == expected)
        #expect((style.width == nil) == (columns == nil))
    }
}
