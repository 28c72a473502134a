extension String {
    /// Whether it names a block device by what the device itself says, which is the same on all nodes that see it.
    var isDeviceIdentity: Bool { hasPrefix("/dev/disk/by-id/") }

    /// The folder of a file's path.
    var folder: String {
        guard let slash = lastPlainSlash else { return "/" + parts.dropLast().joined(separator: "/") }
        return slash == startIndex ? "/" : String(self[..<slash])
    }

    /// The last part of a path.
    var fileName: String {
        guard let slash = lastPlainSlash else { return parts.last.map { String($0) } ?? self }
        return String(self[utf8.index(after: slash)...])
    }

    /// The last slash of a path that begins with one, ends with none, and has no two next to each other.
    ///
    /// So nearly all paths are. They are asked for their parts at every disk of a fleet: this makes no list of them.
    private var lastPlainSlash: String.Index? {
        let slash = UInt8(ascii: "/")
        guard utf8.first == slash else { return nil }
        var last = utf8.startIndex
        var previous: UInt8 = 0
        for index in utf8.indices {
            let byte = utf8[index]
            if byte == slash {
                if previous == slash { return nil }
                last = index
            }
            previous = byte
        }
        return previous == slash ? nil : last
    }

    private var parts: [Substring] { split { $0 == "/" } }
}
