import Glibc

/// The user this program runs as, from the user database as ssh does it.
struct LocalUser {
    let name: String
    let home: String

    static var current: LocalUser {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        // The entry points into the buffer, so it is read while that is pinned.
        return buffer.withUnsafeMutableBufferPointer { space in
            guard let start = space.baseAddress,
                getpwuid_r(getuid(), &entry, start, space.count, &found) == 0, found != nil
            else { return LocalUser(name: "root", home: "/") }
            return LocalUser(name: text(entry.pw_name) ?? "root", home: text(entry.pw_dir) ?? "/")
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    /// A path with `~/` replaced by the home folder.
    func expand(_ path: String) -> String {
        if path == "~" { return home }
        return path.hasPrefix("~/") ? home + path.dropFirst() : path
    }
}
