import Testing

@testable import SSH

@Suite("What a command shell writes") struct ReplyParserTests {
    private static let text = "Hi\n\nkvmctl-shell m\ndone 1 0\nab\nn\nm\nnom\nlarge 2\nm\nfull 3\nm\n"

    private static let events: [ReplyParser.Event] = [
        .ready(preamble: Array("Hi\n".utf8)),
        .ended(
            number: 1,
            CommandResult(
                ending: .exited(0), standardOutput: Array("ab\nn\n".utf8), standardError: Array("no".utf8))),
        .tooLarge(number: 2), .noSpace(number: 3),
    ]

    @Test("replies are the same in whatever pieces they come", arguments: [1, 2, 3, 7, 1000])
    func pieces(size: Int) throws {
        var parser = ReplyParser(mark: "m")
        var events: [ReplyParser.Event] = []
        var rest = Array(Self.text.utf8)[...]
        while !rest.isEmpty {
            events += try parser.take(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        #expect(events == Self.events)
    }

    @Test(
        "anything else is no reply",
        arguments: [
            "done 1 -1\nm\nm\n", "done 1 9999999999999\n", "done 1\nm\nm\n", "hello\n", "done 1 0 0\nm\n",
            "done 1 0 \nm\n",
            "done x 0\nm\n", "large\nm\n", "large 1\nx\nm\n", String(repeating: "x", count: 300),
        ])
    func broken(text: String) throws {
        var parser = ReplyParser(mark: "m")
        #expect(try parser.take(Array("\nkvmctl-shell m\n".utf8)) == [.ready(preamble: [])])
        #expect(throws: ReplyParser.Broken.self) { _ = try parser.take(Array(text.utf8)) }
    }
}
