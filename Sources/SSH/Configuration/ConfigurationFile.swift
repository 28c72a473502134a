import Formats
import Glibc

/// The outer shape of an ssh_config file: where it is, its lines, their words.
enum ConfigurationFile {
    /// The lines of a file, nil when there is none; they may end as on Windows.
    ///
    /// - Parameter isUsers: whether it is the user's own, which nobody else may be able to change, as for OpenSSH.
    static func lines(of path: String, isUsers: Bool) throws(ConnectFailure) -> [String]? {
        guard let bytes = try bytes(of: path, isUsers: isUsers) else { return nil }
        return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0, as: UTF8.self)
        }
    }

    /// The bytes of a file, nil when there is none.
    static func bytes(of path: String, isUsers: Bool = false) throws(ConnectFailure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw ConnectFailure(SystemFailure("opening \(path)"))
        }
        let file = Descriptor(descriptor)
        if isUsers { try check(file, path) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(file.raw, &buffer, buffer.count)
            guard count >= 0 else { throw ConnectFailure(.local("reading \(path)", errno)) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Whoever can change ssh_config can have commands run and connections go elsewhere.
    ///
    /// The owner's own group may write, as Debian's ssh allows it: with umask 002 every file is like that.
    private static func check(_ file: borrowing Descriptor, _ path: String) throws(ConnectFailure) {
        var status = stat()
        guard fstat(file.raw, &status) == 0 else { throw ConnectFailure(SystemFailure("checking \(path)")) }
        guard status.st_uid == 0 || status.st_uid == getuid() else {
            throw ConnectFailure(
                .unusable("\(path) belongs to another user", remedy: "Change its owner with chown."))
        }
        let isOpenToGroup = status.st_mode & 0o020 != 0 && !isOwnersAlone(status.st_gid, owner: status.st_uid)
        guard status.st_mode & 0o002 == 0, !isOpenToGroup else {
            throw ConnectFailure(
                .unusable("other users may write to \(path)", remedy: "chmod go-w \(ShellQuoting.quote(path))."))
        }
    }

    /// Whether a group is its owner's first one and lists nobody else.
    private static func isOwnersAlone(_ group: gid_t, owner: uid_t) -> Bool {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 17) { room in
            guard let texts = room.baseAddress else { return false }
            let half = room.count / 2
            var user = passwd()
            var entry = Glibc.group()
            var foundUser: UnsafeMutablePointer<passwd>?
            var foundGroup: UnsafeMutablePointer<Glibc.group>?
            guard getpwuid_r(owner, &user, texts, half, &foundUser) == 0, foundUser != nil,
                getgrgid_r(group, &entry, texts + half, half, &foundGroup) == 0, foundGroup != nil,
                user.pw_gid == group, let login = user.pw_name, var member = entry.gr_mem
            else { return false }
            while let name = member.pointee {
                guard strcmp(name, login) == 0 else { return false }
                member += 1
            }
            return true
        }
    }

    /// The files that a pattern of an Include stands for, sorted.
    static func paths(matching pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in found.gl_pathv[index].map { String(cString: $0) } }
    }

    /// Keyword and arguments of a line; nil when a quote is not closed, empty for a comment.
    ///
    /// The keyword may be followed by `=` instead of a space. An unquoted `#` at the start of a word begins a comment.
    static func words(in line: String) -> [String]? {
        var words: [String] = []
        var word = ""
        var isInWord = false
        var isQuoted = false
        for character in line {
            if isQuoted {
                if character == "\"" { isQuoted = false } else { word.append(character) }
            } else if character == "\"" {
                isQuoted = true
                isInWord = true
            } else if character.isWhitespace || (character == "=" && words.count + (isInWord ? 1 : 0) <= 1) {
                if isInWord { words.append(word) }
                word = ""
                isInWord = false
            } else if character == "#", !isInWord {
                break
            } else {
                word.append(character)
                isInWord = true
            }
        }
        if isQuoted { return nil }
        if isInWord { words.append(word) }
        return words
    }
}
