/// Paths as text, without a look at any disk.
enum SpecPath {
    /// A path as the current folder sees it, given as the file it stands in sees it.
    ///
    /// Absolute paths and those in a home folder stay as they are. `.` and `..` are taken out where that is certain.
    static func resolve(_ path: String, in file: String) -> String {
        guard !path.hasPrefix("/"), !path.hasPrefix("~"), file != "-", let slash = file.lastIndex(of: "/") else {
            return clean(path)
        }
        return clean(String(file[...slash]) + path)
    }

    /// The folder that a file is in, as the current folder sees it; standard input is in that one.
    static func folder(of file: String) -> String {
        guard file != "-", let slash = file.lastIndex(of: "/") else { return "." }
        return clean(String(file[...slash]))
    }

    /// The same path with `.`, doubled slashes and `name/..` taken out.
    static func clean(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != "..", last != "~" {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        let joined = parts.joined(separator: "/")
        return path.hasPrefix("/") ? "/" + joined : joined.isEmpty ? "." : joined
    }
}
