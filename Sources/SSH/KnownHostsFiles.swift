import Synchronization

/// The lines of known_hosts files, each file read when it is first asked for and never again.
///
/// One of them serves a whole round: all nodes most often have the same file, which may be long. What changes meanwhile
/// is seen in the next round.
package final class KnownHostsFiles: Sendable {
    private let files = Mutex<[String: KnownHostsLines]>([:])

    package init() {}

    /// The lines that may concern a host, the first file's first.
    ///
    /// It blocks for as long as reading a local file takes, or another caller's reading of it. A line with a hashed name may
    /// concern any host. What does not exist or cannot be read is empty.
    func lines(of paths: [String], concerning names: [String]) -> [[UInt8]] {
        paths.flatMap { path in lines(of: path).concerning(names) }
    }

    private func lines(of path: String) -> KnownHostsLines {
        // Whoever asks meanwhile waits, and does not read it as well.
        files.withLock { files in
            if let known = files[path] { return known }
            let read = KnownHostsLines((try? ConfigurationFile.bytes(of: path)).flatMap { $0 } ?? [])
            files[path] = read
            return read
        }
    }
}
