import Glibc

/// Takes the output of the scripts that look into folders apart.
struct ListingScanner {
    private var rest: ArraySlice<UInt8>
    private let detour: [UInt8]
    private let detourText: String

    init(_ bytes: [UInt8], detour: String) {
        rest = bytes[...]
        self.detour = Array(detour.utf8)
        detourText = detour
    }

    var hasMore: Bool { !rest.isEmpty }

    /// The next record; nil at the end.
    mutating func record() -> String? {
        guard let end = rest.firstIndex(of: 0) else {
            rest = []
            return nil
        }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    /// A path without the detour.
    func direct(_ path: String) -> String {
        guard let found = path.firstRange(of: detourText) else { return path }
        return String(path[..<found.lowerBound] + path[found.upperBound...])
    }

    /// The beginnings of files by path, up to the heading of nothing that ends them.
    ///
    /// A file that vanished has none. One that others wrote meanwhile has what was read of it: nothing in it can be a heading.
    mutating func contents() -> [String: ArraySlice<UInt8>] {
        var contents: [String: ArraySlice<UInt8>] = [:]
        var current: String?
        var start = rest.startIndex
        var position = rest.startIndex
        while let heading = nextHeading(from: position) {
            if let current { contents[current] = rest[start..<heading.start] }
            guard let path = heading.path else {
                rest = rest[heading.end...]
                return contents
            }
            current = path
            start = heading.end
            position = heading.end
        }
        rest = []
        return contents
    }

    private func nextDetour(from position: Int) -> Range<Int>? {
        rest.withUnsafeBytes { bytes -> Range<Int>? in
            guard let base = bytes.baseAddress, let first = detour.first else { return nil }
            var offset = position - rest.startIndex
            while offset + detour.count <= bytes.count,
                let found = memchr(base + offset, CInt(first), bytes.count - offset)
            {
                let candidate = UnsafeRawPointer(found) - base
                guard candidate + detour.count <= bytes.count else { return nil }
                if memcmp(base + candidate, detour, detour.count) == 0 {
                    return (rest.startIndex + candidate)..<(rest.startIndex + candidate + detour.count)
                }
                offset = candidate + 1
            }
            return nil
        }
    }

    private struct Heading {
        let start: Int
        let end: Int
        /// Nil at the end of all.
        let path: String?
    }

    /// Searches for the detour, which stands in headings only, and takes the line around it.
    private func nextHeading(from position: Int) -> Heading? {
        guard let found = nextDetour(from: position) else { return nil }
        let opening = Array("==> ".utf8)
        let newline = UInt8(ascii: "\n")
        let start = rest[position..<found.lowerBound].lastIndex(of: newline).map { $0 + 1 } ?? position
        guard let end = rest[found.upperBound...].firstIndex(of: newline), rest[start...].starts(with: opening) else {
            return nil
        }
        let line = String(decoding: rest[start..<end], as: UTF8.self)
        let path = direct(String(line.dropFirst(opening.count).dropLast(" <==".count)))
        // Between two files `head` leaves an empty line, which is of neither.
        let before = start > position && rest[start - 1] == newline ? start - 1 : start
        return Heading(start: before, end: end + 1, path: path.isEmpty ? nil : path)
    }
}
