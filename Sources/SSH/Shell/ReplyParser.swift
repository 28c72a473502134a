import Glibc

/// Cuts what a command shell writes into its replies.
///
/// Each part of a reply ends with a mark that only this side and the shell know. What is no reply is broken, and nothing after
/// it is believed.
struct ReplyParser {
    /// What the shell wrote.
    enum Event: Equatable {
        /// It is ready; the bytes that came before it was.
        case ready(preamble: [UInt8])
        case ended(number: Int, CommandResult)
        /// The command wrote more than its limit.
        case tooLarge(number: Int)
        /// The node had no room to keep what the command wrote.
        case noSpace(number: Int)
    }

    /// The shell wrote something else than replies.
    struct Broken: Error, Equatable {}

    /// A reply of which parts are still to come.
    private struct Reply {
        let event: Event
        /// What was read, in order: the command's output and its errors.
        var parts: [[UInt8]] = []
        let count: Int
    }

    /// More than a greeting of a login shell has, and than a line of the protocol can have.
    private static let preambleLimit = 1 << 20
    private static let lineLimit = 256
    /// More than any command may write.
    private static let sizeLimit = 1 << 30

    private let mark: [UInt8]
    private let readyLine: [UInt8]
    private var bytes: [UInt8] = []
    private var start = 0
    /// Whether the shell said that it is ready.
    private(set) var isReady = false
    private var reply: Reply?
    /// No mark begins before this.
    private var searched = 0

    /// - Parameter mark: the text that ends every reply, which nobody else can know.
    init(mark: String) {
        self.mark = Array("\(mark)\n".utf8)
        readyLine = Array("\nkvmctl-shell \(mark)\n".utf8)
    }

    /// What was written so far, while the shell is not ready.
    var greeting: [UInt8] { isReady ? [] : bytes }

    /// Adds bytes and gives what is complete with them.
    mutating func take(_ more: [UInt8]) throws(Broken) -> [Event] {
        bytes += more
        var events: [Event] = []
        while let event = try next() { events.append(event) }
        bytes.removeFirst(start)
        searched = max(searched - start, 0)
        start = 0
        return events
    }

    private mutating func next() throws(Broken) -> Event? {
        guard isReady else { return try ready() }
        if reply == nil, let line = try line() { reply = try Self.read(line) }
        guard var reply else { return nil }
        while reply.parts.count < reply.count, let part = try part() { reply.parts.append(part) }
        self.reply = reply.parts.count < reply.count ? reply : nil
        guard self.reply == nil else { return nil }
        switch reply.event {
        case .ended(let number, let result):
            let whole = CommandResult(
                ending: result.ending, standardOutput: reply.parts[0], standardError: reply.parts[1])
            return .ended(number: number, whole)
        case .tooLarge, .noSpace, .ready:
            guard reply.parts[0].isEmpty else { throw Broken() }
            return reply.event
        }
    }

    /// What is there before the next mark.
    private mutating func part() throws(Broken) -> [UInt8]? {
        let from = max(start, searched)
        guard let end = bytes.firstIndex(of: mark, from: from) else {
            guard bytes.count - start <= Self.sizeLimit else { throw Broken() }
            searched = max(from, bytes.count - mark.count + 1)
            return nil
        }
        defer {
            start = end + mark.count
            searched = start
        }
        return Array(bytes[start..<end])
    }

    private mutating func ready() throws(Broken) -> Event? {
        guard let range = bytes.firstRange(of: readyLine) else {
            guard bytes.count <= Self.preambleLimit else { throw Broken() }
            return nil
        }
        isReady = true
        start = range.upperBound
        return .ready(preamble: Array(bytes[..<range.lowerBound]))
    }

    private mutating func line() throws(Broken) -> String? {
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
            guard bytes.count - start <= Self.lineLimit else { throw Broken() }
            return nil
        }
        defer { start = end + 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private static func read(_ line: String) throws(Broken) -> Reply {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        let numbers = words.dropFirst().compactMap { Int($0) }
        guard numbers.count == words.count - 1, numbers.allSatisfy({ (0...Self.sizeLimit).contains($0) }) else {
            throw Broken()
        }
        switch (words.first ?? "", numbers.count) {
        case ("done", 2):
            let result = CommandResult(ending: .exited(numbers[1]), standardOutput: [], standardError: [])
            return Reply(event: .ended(number: numbers[0], result), count: 2)
        case ("large", 1): return Reply(event: .tooLarge(number: numbers[0]), count: 1)
        case ("full", 1): return Reply(event: .noSpace(number: numbers[0]), count: 1)
        default: throw Broken()
        }
    }
}

extension [UInt8] {
    /// Where bytes that end with a newline begin in these, at an index or after it.
    fileprivate func firstIndex(of line: [UInt8], from index: Int) -> Int? {
        withUnsafeBytes { here in
            line.withUnsafeBytes { there -> Int? in
                guard let base = here.baseAddress, let wanted = there.baseAddress else { return nil }
                var place = index + there.count - 1
                while place < here.count, let found = memchr(base + place, 0x0A, here.count - place) {
                    let end = UnsafeRawPointer(found) - base + 1
                    if memcmp(base + end - there.count, wanted, there.count) == 0 { return end - there.count }
                    place = end
                }
                return nil
            }
        }
    }
}
