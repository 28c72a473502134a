/// The lines of known_hosts files, each file read when it is first asked for and never again.
struct KnownHostsFiles: Sendable {
    private var files: [String: KnownHostsLines] = [:]

    /// The lines that may concern a host, the first file's first.
    ///
    /// It blocks for as long as reading a local file takes. A line with a hashed name may concern any host. What does not
    /// exist or cannot be read is empty.
    mutating func lines(of paths: [String], concerning names: [String]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for path in paths { found += lines(of: path).concerning(names) }
        return found
    }

    private mutating func lines(of path: String) -> KnownHostsLines {
        if let known = files[path] { return known }
        let read = KnownHostsLines((try? ConfigurationFile.bytes(of: path)).flatMap { $0 } ?? [])
        files[path] = read
        return read
    }
}
