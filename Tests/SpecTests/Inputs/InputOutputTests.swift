import Spec
import Testing

@Suite("What another role gives is held to the input's type") struct InputOutputTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let type: InputType
        let text: String
        var value: InputValue?

        init(_ type: InputType, _ text: String, _ value: InputValue? = nil) {
            self.type = type
            self.text = text
            self.value = value
        }

        var testDescription: String { "\(type.word.rawValue) \(text.debugDescription)" }
    }

    private static let good: [Row] = [
        Row(.text, "80", .text("80")), Row(.text, "a \"b\" ${c} {{d}}", .text("a \"b\" ${c} {{d}}")),
        Row(.text, "true", .text("true")), Row(.boolean, "true", .boolean(true)), Row(.port, "80", .integer(80)),
        Row(.integer(-2...2), "-1", .integer(-1)), Row(.address, "10.0.0.5", .text("10.0.0.5")),
        Row(.cidr, "10.0.0.0/24", .text("10.0.0.0/24")), Row(.size, "1024MiB", .text("1GiB")),
        Row(.duration, "90s", .text("90s")), Row(.path, "/srv/share", .text("/srv/share")),
        Row(.url, "https://a.example/x?y=1", .text("https://a.example/x?y=1")),
        Row(.choice(["a", "b"]), "b", .text("b")),
    ]

    private static let bad: [Row] = [
        Row(.text, ""), Row(.text, "a\nb"), Row(.text, "a\rb"), Row(.text, "a\0b"), Row(.text, "a\r\nb"),
        Row(.boolean, "yes"), Row(.boolean, "\"true\""), Row(.port, "0"), Row(.port, "65536"), Row(.port, "http"),
        Row(.port, "80 81"), Row(.integer(1...9), "10"), Row(.integer(1...9), ""), Row(.address, "10.0.0.5/24"),
        Row(.address, "web"), Row(.cidr, "10.0.0.5/24"), Row(.cidr, "10.0.0.0"), Row(.size, "12"), Row(.size, "-1GiB"),
        Row(.duration, "0s"), Row(.duration, "soon"), Row(.path, "srv"), Row(.path, "/srv/../etc"), Row(.path, "/a b"),
        Row(.path, "/a\\b"), Row(.path, "/srv/\u{e9}"), Row(.path, "/srv/"), Row(.url, "ftp://a"),
        Row(.url, "https://a\"b"), Row(.url, "https://u:p@a"), Row(.url, "javascript:x"), Row(.choice(["a"]), "b"),
        Row(.secret, "a"), Row(.members, "a"), Row(.list(.text), "a"), Row(.map(.text), "a"),
    ]

    @Test("A text that a spec could have is that value, with nothing put in", arguments: good)
    func fits(_ row: Row) { #expect(row.type.value(of: row.text) == row.value) }

    @Test("A text that a spec could not have is none", arguments: bad)
    func doesNotFit(_ row: Row) { #expect(row.type.value(of: row.text) == nil) }

    @Test("An item of a list or map that is two lines is found")
    func items() {
        for text in ["a\nb", "a\r", "\0"] {
            #expect(InputValue.list([.text("a"), .text(text)]).hasBrokenItem)
            #expect(
                InputValue.map(["a": .text(text)]).hasBrokenItem && InputValue.map([text: .text("a")]).hasBrokenItem)
            #expect(!InputValue.text(text).hasBrokenItem)
        }
        #expect(!InputValue.list([.text("a b"), .integer(1)]).hasBrokenItem)
    }
}
