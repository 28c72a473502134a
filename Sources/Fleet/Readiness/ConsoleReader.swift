import Reconciler
import SSH

/// What a guest writes to its serial console, line by line as it comes.
struct ConsoleReader: Sendable {
    private let connection: NodeConnection
    private let name: String
    /// How much was read of it; nil before the first look.
    private var offset: UInt64?
    /// The line that has no end yet.
    private var rest: [UInt8] = []

    init(_ connection: NodeConnection, ofDomainNamed name: String) {
        self.connection = connection
        self.name = name
    }

    /// The lines that ended since the last call, escaped and cut to 400 characters; the first call begins with the last 4 KiB.
    ///
    /// - Parameter isEnd: whether the guest writes no more, so that its last line needs no end.
    mutating func read(isEnd: Bool = false) async throws -> [String] {
        let script = ReadinessScripts.consoleSince(
            path: DomainXML.consoleLog(ofDomainNamed: name), from: offset.map { "\($0)" } ?? "-")
        let output = try await connection.commands.run(
            "reading the console of \(name)", script, timeout: .seconds(20)
        ).standardOutput
        guard let end = output.firstIndex(of: UInt8(ascii: "\n")),
            let size = UInt64(String(decoding: output[..<end], as: UTF8.self))
        else { throw StepProblem("the console of \(name) cannot be read") }
        let new = output[(end + 1)...]
        let before = offset.map { size < $0 ? 0 : $0 } ?? 0
        let skipped = size - before > UInt64(new.count) && offset != nil ? size - before - UInt64(new.count) : 0
        if size < offset ?? 0 || skipped > 0 { rest = [] }
        offset = size
        rest += new
        var cut = rest.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.startIndex
        if isEnd || rest.endIndex - cut > Self.longestLine { cut = rest.endIndex }
        let lines = Self.lines(rest[..<cut])
        rest = Array(rest[cut...])
        return skipped > 0 ? ["(\(skipped) bytes were too many to be shown)"] + lines : lines
    }

    /// The line that has no end yet, such as a question that it asks; nil where there is none.
    var unfinished: String? { Self.lines(rest[...]).last }

    private static func lines(_ bytes: ArraySlice<UInt8>) -> [String] {
        PlainText.lines(PlainText.withoutSequences(String(decoding: bytes, as: UTF8.self))).map {
            String($0.prefix(400))
        }
    }

    private static let longestLine = 4096
}
