import Testing
import YAML

@Suite struct PositionTests {
    @Test(
        "every key and value knows its line and column",
        arguments: [
            DocumentCase(
                "block", "a: b\nc:\n  - d\n  - e: 1\n",
                gives: "1:1 {1:1 a: 1:4 b, 2:1 c: 3:3 [3:5 d, 4:5 {4:5 e: 4:8 int(1)}]}"),
            DocumentCase(
                "flow", "{a: [1, 'x'],\n b: }", gives: "1:1 {1:2 a: 1:5 [1:6 int(1), 1:9 \"x\"], 2:2 b: 2:5 null}"),
            DocumentCase("beyond ASCII", "é: ü\n日: {本: x}", gives: "1:1 {1:1 é: 1:4 ü, 2:1 日: 2:4 {2:5 本: 2:8 x}}"),
            DocumentCase("anchored", "a: &n b\nc: *n", gives: "1:1 {1:1 a: 1:4 b, 2:1 c: 1:4 b}"),
            DocumentCase("block scalar", "a: |\n  text\nb: 1", gives: "1:1 {1:1 a: 1:4 |text\\n, 3:1 b: 3:4 int(1)}"),
            DocumentCase("byte order mark", "\u{feff}a: 1", gives: "1:1 {1:1 a: 1:4 int(1)}"),
        ])
    func marks(_ row: DocumentCase) throws {
        let root = try #require(Document(reading: row.text, file: "f").root)
        #expect(TreeText(showsMarks: true).text(of: root) == row.expected)
    }

    @Test("marks are ordered by file, line and column, and print as editors read them")
    func order() {
        let marks = [("b", 1, 1), ("a", 2, 1), ("a", 1, 9), ("a", 1, 2)].map {
            Position(file: $0, line: $1, column: $2)
        }
        #expect(marks.sorted().map(\.description) == ["a:1:2", "a:1:9", "a:2:1", "b:1:1"])
    }
}
