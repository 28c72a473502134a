import Testing

@testable import Fleet

@Suite("Text from nodes and guests")
struct PlainTextTests {
    @Test(
        "control characters are written out",
        arguments: [
            ("plain ü €", "plain ü €"), ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"), ("a\u{7}b", "a\\u{7}b"),
            ("a\tb", "a b"), ("\u{9b}31m", "\\u{9b}31m"), ("x\u{202e}y", "x\\u{202e}y"), ("a\nb", "a\nb"),
            ("\u{7f}", "\\u{7f}"),
        ])
    func escaping(text: String, shown: String) {
        #expect(PlainText.escaped(text) == shown)
    }

    @Test("several lines become one, without the empty ones")
    func line() {
        #expect(PlainText.line("  one \r\n\n two\rthree\n") == "one; two; three")
    }
}
