import SeededRandomness
import Testing
import YAML

@Suite struct LimitTests {
    @Test(
        "10,000 levels are refused where they get too deep",
        arguments: [
            (String(repeating: "[", count: 10_000), 1, 101),
            (String(repeating: "{a: ", count: 10_000), 1, 401),
            (String(repeating: "- ", count: 10_000) + "x", 1, 201),
            ((0..<10_000).map { String(repeating: " ", count: min($0, 600)) + "a:\n" }.joined(), 101, 101),
            (String(repeating: "? ", count: 10_000) + "x", 1, 201),
        ])
    func depth(_ text: String, _ line: Int, _ column: Int) {
        let errors = Document(reading: text, file: "f").errors
        #expect(
            errors == [
                YAMLError(
                    at: Position(file: "f", line: line, column: column),
                    "values are nested more than 100 levels deep here")
            ])
    }

    @Test("100 levels are read")
    func deepest() {
        let text = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(Document(reading: text, file: "f").errors == [])
    }

    @Test("levels that aliases bring are counted")
    func depthThroughAliases() {
        let steps = (1...60).map { "a\($0): &a\($0) [[*a\($0 - 1)]]\n" }.joined()
        let errors = Document(reading: "a0: &a0 x\n" + steps, file: "f").errors
        #expect(errors.map(\.message) == ["values are nested more than 100 levels deep here"])
        #expect(errors.first?.mark.line == 51)
    }

    @Test("aliases that expand to gigabytes are refused, and cost nothing")
    func bomb() {
        let steps = (1...12).map { level in
            "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
        }
        let errors = Document(reading: "a0: &a0 lol\n" + steps.joined(), file: "f").errors
        #expect(
            errors.map(\.description) == [
                "f:6:45: the aliases up to here expand to more than 100000 values; use fewer aliases"
            ])
    }

    @Test("merge keys that expand are refused as aliases are")
    func mergeBomb() {
        let base = "b: &b {" + (0..<1_000).map { "k\($0): 1" }.joined(separator: ", ") + "}\n"
        let errors = Document(reading: base + (0..<200).map { "m\($0): {<<: *b}\n" }.joined(), file: "f").errors
        #expect(
            errors.map(\.description) == [
                "f:51:11: the aliases up to here expand to more than 100000 values; use fewer aliases"
            ])
    }

    @Test("a file over the limit is refused unread")
    func size() {
        var limits = Limits()
        limits.fileSize = 10
        #expect(
            Document(reading: "a: 12345678", file: "f", limits: limits).errors.map(\.description) == [
                "f:1:1: the file is too large to be a specification: 11 bytes, the limit is 10"
            ])
    }

    @Test("a file with too many values is refused")
    func count() {
        var limits = Limits()
        limits.writtenNodes = 5
        #expect(
            Document(reading: "[1, 2, 3,\n 4, 5]", file: "f", limits: limits).errors.map(\.description) == [
                "f:2:5: the file has more than 5 values; split it into several files"
            ])
    }

    @Test(
        "bytes that are no UTF-8 text are named with their place",
        arguments: [
            ([0x61, 0x3A, 0x20, 0xFF], "f:1:4: the file is not valid UTF-8 here; save it as UTF-8 text"),
            ([0x61, 0x0A, 0xC3], "f:2:1: the file is not valid UTF-8 here; save it as UTF-8 text"),
            ([0xC0, 0x80], "f:1:1: the file is not valid UTF-8 here; save it as UTF-8 text"),
            ([0xED, 0xA0, 0x80], "f:1:1: the file is not valid UTF-8 here; save it as UTF-8 text"),
            ([0xFF, 0xFE, 0x61, 0x00], "f:1:1: the file is UTF-16; save it as UTF-8"),
            (
                [0x7F, 0x45, 0x4C, 0x46, 0x02],
                "f:1:1: the file contains the control character U+007F here; remove it, "
                    + "or write it as an escape in double quotes"
            ),
            ([0x00], "f:1:1: the file contains a NUL byte here: it is not a text file"),
        ] as [([UInt8], String)])
    func bytes(_ bytes: [UInt8], _ expected: String) {
        #expect(Document(reading: bytes, file: "f").errors.map(\.description) == [expected])
    }

    @Test("any bytes are answered with a tree or an error, never a crash")
    func noise() {
        var random = SeededGenerator(seed: 0x5EED)
        let alphabet = Array("ab:-? {}[],&*!|>'\"%@`#\n\t 01~<\\".utf8) + [0xC3, 0xA9]
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            let document = Document(reading: bytes, file: "f")
            #expect(document.root != nil || !document.errors.isEmpty)
            #expect(document.errors.allSatisfy { $0.mark.line >= 1 && $0.mark.column >= 1 && !$0.message.isEmpty })
        }
    }
}
