/// Cuts what a command shell writes into its replies.
///
/// Each reply says how many bytes it has and ends with a mark that only this side and the shell know. One that does not
/// is broken, and nothing after it is believed.
struct ReplyParser {
    /// What the shell wrote.
    enum Event: Equatable {
        /// It is ready; the bytes that came before it was.
        case ready(preamble: [UInt8])
        case ended(number: Int, CommandResult)
        /// The command wrote more than its limit.
        case tooLarge(number: Int)
        /// The node had no room to keep what the command wrote.
        case noRoom(number: Int)
    }

    /// The shell wrote something else than replies.
    struct Broken: Error, Equatable {}

    private enum Head {
        case ended(number: Int, status: Int, output: Int, errorOutput: Int)
        case tooLarge(number: Int)
        case noRoom(number: Int)

        /// How many bytes follow before the mark.
        var count: Int {
            if case .ended(_, _, let output, let errorOutput) = self { output + errorOutput } else { 0 }
        }
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
    private var isReady = false
    private var head: Head?

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
        start = 0
        return events
    }

    private mutating func next() throws(Broken) -> Event? {
        guard isReady else { return try ready() }
        if head == nil, let line = try line() { head = try Self.read(line) }
        guard let head, bytes.count - start >= head.count + mark.count else { return nil }
        self.head = nil
        let content = bytes[start..<start + head.count]
        start += head.count + mark.count
        guard bytes[start - mark.count..<start].elementsEqual(mark) else { throw Broken() }
        switch head {
        case .tooLarge(let number): return .tooLarge(number: number)
        case .noRoom(let number): return .noRoom(number: number)
        case .ended(let number, let status, let output, _):
            let result = CommandResult(
                ending: .exited(status), standardOutput: Array(content.prefix(output)),
                standardError: Array(content.dropFirst(output)))
            return .ended(number: number, result)
        }
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

    private static func read(_ line: String) throws(Broken) -> Head {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        let numbers = words.dropFirst().compactMap { Int($0) }
        guard numbers.count == words.count - 1, numbers.allSatisfy({ (0...Self.sizeLimit).contains($0) }) else {
            throw Broken()
        }
        switch (words.first ?? "", numbers.count) {
        case ("done", 4):
            return .ended(number: numbers[0], status: numbers[1], output: numbers[2], errorOutput: numbers[3])
        case ("large", 1): return .tooLarge(number: numbers[0])
        case ("full", 1): return .noRoom(number: numbers[0])
        default: throw Broken()
        }
    }
}
