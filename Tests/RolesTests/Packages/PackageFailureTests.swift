import Testing

@testable import Roles

@Suite("Failures of packages") struct PackageFailureTests {
    private func lines(_ lines: String..., without secrets: String...) -> [String] {
        PackageFailure(purpose: "applying r", exitCode: 4, lines: lines).hiding(secrets).lines
    }

    @Test("No secret of the run is in its words: whole, in another's, line by line, with what a terminal acts on")
    func hides() {
        #expect(lines("a s3cret b", "s3cret", without: "s3cret") == ["a ••• b", "•••"])
        #expect(lines("longer-secret", without: "secret", "longer-secret") == ["•••"])
        #expect(lines("first", "second", "third", without: "first\nsecond\n") == ["•••", "•••", "third"])
        #expect(lines("x \\u{1b}abc", without: "\u{1b}abc") == ["x •••"])
        #expect(lines("x padded", without: "  padded  ") == ["x •••"])
        #expect(lines("nothing", without: "", "\n") == ["nothing"])
    }

    @Test("A secret that the end of a long line cuts off is hidden as well")
    func cutOff() {
        let long = String(repeating: "x", count: 494)
        #expect(lines(long + "s3cret", without: "s3cret-value") == [long + "•••"])
        #expect(lines("short s3cret", without: "s3cret-value") == ["short s3cret"])
    }
}
