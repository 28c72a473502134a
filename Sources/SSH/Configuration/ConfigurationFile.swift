import Glibc

/// The outer shape of an ssh_config file: where it is, its lines, their words.
enum ConfigurationFile {
    /// The text of a file, nil when there is none.
    static func text(of path: String) throws(ConnectFailure) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw ConnectFailure(.local("opening \(path)", errno))
        }
        let file = Descriptor(descriptor)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(file.raw, &buffer, buffer.count)
            guard count >= 0 else { throw ConnectFailure(.local("reading \(path)", errno)) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
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
    static func words(in line: Substring) -> [String]? {
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
