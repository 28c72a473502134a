import CLibssh
import Glibc

/// What the known_hosts files say, prepared for libssh, which reads them otherwise than OpenSSH does.
///
/// libssh passes over lines with a marker, so that a revoked key is as good as any, and does not understand lines that end
/// as on Windows. Each kind of line becomes a file of its own, which has no name and is gone with this value.
struct KnownHosts: ~Copyable {
    private let plain: Descriptor
    private let revoked: Descriptor
    private let authorities: Descriptor

    /// Reads the files, the first first; what does not exist or cannot be read is empty.
    static func read(_ files: [String]) throws(ConnectFailure) -> KnownHosts {
        var lines: (plain: [UInt8], revoked: [UInt8], authorities: [UInt8]) = ([], [], [])
        for file in files {
            guard let bytes = (try? ConfigurationFile.bytes(of: file)) ?? nil else { continue }
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                let words = line.split { [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains($0) }
                guard let first = words.first, first.first != UInt8(ascii: "#") else { continue }
                let joined = { (words: ArraySlice<ArraySlice<UInt8>>) in
                    Array(words.joined(separator: [UInt8(ascii: " ")])) + [UInt8(ascii: "\n")]
                }
                switch first {
                case ArraySlice("@revoked".utf8): lines.revoked += joined(words.dropFirst())
                case ArraySlice("@cert-authority".utf8): lines.authorities += joined(words.dropFirst())
                case _ where first.first == UInt8(ascii: "@"): break
                default: lines.plain += joined(words[...])
                }
            }
        }
        return KnownHosts(
            plain: try unnamed(lines.plain), revoked: try unnamed(lines.revoked),
            authorities: try unnamed(lines.authorities))
    }

    private init(
        plain: consuming Descriptor, revoked: consuming Descriptor, authorities: consuming Descriptor
    ) {
        self.plain = plain
        self.revoked = revoked
        self.authorities = authorities
    }

    /// What is known of the key that the server showed.
    enum Answer {
        case known, unknown, changed, revoked
        /// Not known, but certificates of an authority would be believed.
        case authority
    }

    /// Asks for the key of a session whose keys were exchanged.
    func answer(on session: borrowing SessionHandle) -> Answer {
        if state(in: revoked, session) == SSH_KNOWN_HOSTS_OK { return .revoked }
        switch state(in: plain, session) {
        case SSH_KNOWN_HOSTS_OK: return .known
        case SSH_KNOWN_HOSTS_CHANGED, SSH_KNOWN_HOSTS_OTHER: return .changed
        default: break
        }
        switch state(in: authorities, session) {
        case SSH_KNOWN_HOSTS_OK, SSH_KNOWN_HOSTS_CHANGED, SSH_KNOWN_HOSTS_OTHER: return .authority
        default: return .unknown
        }
    }

    /// Has libssh ask for the kinds of key that are known here; false when it refuses.
    func choose(for session: borrowing SessionHandle) -> Bool { Self.use(plain, for: session) }

    private func state(in file: borrowing Descriptor, _ session: borrowing SessionHandle) -> ssh_known_hosts_e {
        guard Self.use(file, for: session) else { return SSH_KNOWN_HOSTS_ERROR }
        return ssh_session_is_known_server(session.raw)
    }

    private static func use(_ file: borrowing Descriptor, for session: borrowing SessionHandle) -> Bool {
        session.set(SSH_OPTIONS_KNOWNHOSTS, "/proc/self/fd/\(file.raw)")
            && session.set(SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null")
    }

    private static func unnamed(_ bytes: [UInt8]) throws(ConnectFailure) -> Descriptor {
        let closesOnExec: UInt32 = 1
        let raw = memfd_create("known_hosts", closesOnExec)
        guard raw >= 0 else { throw ConnectFailure(SystemFailure("memfd_create")) }
        let file = Descriptor(raw)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file.raw, $0.baseAddress, $0.count) }
            guard count > 0 else { throw ConnectFailure(SystemFailure("write")) }
            rest = rest.dropFirst(count)
        }
        return file
    }
}
