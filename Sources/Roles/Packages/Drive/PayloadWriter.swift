import Hashing

/// Writes what a guest is sent of a role: lines that say what is wanted, and after them the bytes that they name by place.
///
/// A line's words are of names, paths and numbers that a spec was checked for: nothing has a space or a line break in it but a
/// check's command, a variable and a value, which are the last of their lines.
struct PayloadWriter: Sendable {
    /// What tells a file whether others may compare it.
    enum Content: String, Sendable {
        case plain, secret
    }

    /// How a service follows its files.
    struct Service: Sendable, Equatable {
        /// With its suffix.
        var unit: String
        /// reload, restart or none.
        var onChange: String
        var isRunning = true
        var isEnabled = true
        /// The files that it follows; all where there are none.
        var watched: [String] = []

        /// The path of no file, for one that follows none.
        static let nothing = "-"
    }

    private var lines: [String] = []
    private var body: [UInt8] = []

    /// - Parameters:
    ///   - attempt: the number that the files were made for; nil where nothing was made yet.
    ///   - isBeginning: whether the attempt begins with this.
    init(digest: String, target: String, attempt: Int? = nil, isBeginning: Bool = false) {
        lines = ["digest \(digest)", "target \(target)"]
        if let attempt { lines.append("attempt \(attempt)") }
        if isBeginning { lines.append("begin") }
    }

    /// A line of the state that the guest remembers.
    mutating func state(_ key: String, _ value: String) { add("state", key, value) }

    /// A value that the package's scripts get as `KVMCTL_KEY`.
    mutating func variable(_ key: String, _ value: String) { add("variable", key, value) }

    /// A system package.
    mutating func package(_ name: String) { add("package", name) }

    mutating func service(_ service: Service) {
        add(
            "unit", service.unit, service.onChange, service.isRunning ? "yes" : "no",
            service.isEnabled ? "yes" : "no")
        for path in service.watched { add("watch", service.unit, path) }
    }

    /// A port such as 80/tcp.
    mutating func port(_ port: String) { add("port", port) }

    /// - Parameter check: a command with `%s` for the new file.
    mutating func file(
        _ path: String, _ bytes: [UInt8], mode: String, owner: String, _ content: Content, check: String? = nil
    ) {
        add("file", place(bytes), mode, owner, content.rawValue, path)
        if let check { add("check", path, check) }
    }

    /// A path at which nothing shall be.
    mutating func absent(_ path: String) { add("absent", path) }

    /// A script of the package, such as apply.
    mutating func hook(_ name: String, _ bytes: [UInt8]) { add("hook", name, place(bytes)) }

    /// An output that apply makes and nobody may see.
    mutating func hide(_ output: String) { add("hide", output) }

    /// An input, as the package's scripts find it in a file.
    mutating func input(_ name: String, _ bytes: [UInt8], _ content: Content) {
        add("input", name, content.rawValue, place(bytes))
        if content == .secret { secret(name, bytes) }
    }

    /// What tells the value of an input that nobody may see.
    mutating func secret(_ name: String, _ bytes: [UInt8]) {
        add("secret", name, hexadecimal(HashFunction.sha256.hash(bytes)))
    }

    /// A line that says why it failed, without secrets.
    mutating func reason(_ line: String) { add("because", line) }

    /// All inputs as a line of JSON: without secrets, for the guest to remember, and with them, for the scripts.
    mutating func inputs(remembered: String, whole: String) {
        add("inputs", place(Array((remembered + "\n").utf8)))
        add("live", place(Array((whole + "\n").utf8)))
    }

    /// All of it.
    var bytes: [UInt8] {
        let text = (lines + ["end"]).map { $0 + "\n" }.joined()
        let size = text.utf8.count + body.count
        // The first line says how long everything is, itself included.
        var total = size
        while true {
            let first = "payload \(lines.count + 2) \(total)\n"
            let found = first.utf8.count + size
            guard found != total else { return Array(first.utf8) + Array(text.utf8) + body }
            total = found
        }
    }

    private mutating func add(_ words: String...) { lines.append(words.joined(separator: " ")) }

    /// Where bytes are in the body: offset and size.
    private mutating func place(_ bytes: [UInt8]) -> String {
        defer { body += bytes }
        return "\(body.count) \(bytes.count)"
    }
}
