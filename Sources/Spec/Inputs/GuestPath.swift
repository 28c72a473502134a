/// Which paths in a guest a file that kvmctl places may have.
package enum GuestPath {
    /// In bytes.
    package static let longest = 1_000

    /// Whether a character is itself for a shell's `read` and for awk.
    package static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0x20 && scalar.value < 0x7F && scalar != "\\"
    }

    /// Refuses what is no plain absolute path, what ends in a folder, and what would be read as more than a path.
    package static func check(_ path: String) throws(Complaint) {
        try checkShape(path)
        for folder in ["/proc/", "/sys/", "/dev/", "/run/", "/tmp/"] where path.hasPrefix(folder) {
            throw Complaint(
                message: "\(Found.quoted(path)) would be lost at a reboot", remedy: "choose another folder")
        }
    }

    /// Refuses what is no plain absolute path, whatever is there.
    package static func checkShape(_ path: String) throws(Complaint) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard path.hasPrefix("/"), path.utf8.count <= longest, !parts.isEmpty else {
            throw Complaint(message: "\(Found.quoted(path)) is not an absolute path of a file in the guest")
        }
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw Complaint(
                message: "\(Found.quoted(path)) is not a normalized path",
                remedy: "write it without //, . and .. and without a / at its end")
        }
        guard path.unicodeScalars.allSatisfy(isPlain) else {
            throw Complaint(
                message: "\(Found.quoted(path)) cannot be used",
                remedy: "use letters, digits and punctuation, but no spaces or backslashes")
        }
    }

    /// Whether a text is a user's or group's name.
    static func isUser(_ text: Substring) -> Bool {
        guard let first = text.unicodeScalars.first, text.utf8.count <= 32 else { return false }
        func isLetter(_ scalar: Unicode.Scalar) -> Bool { ("a"..."z").contains(scalar) || scalar == "_" }
        return isLetter(first)
            && text.unicodeScalars.allSatisfy { isLetter($0) || ("0"..."9").contains($0) || $0 == "-" }
    }
}

extension Kind where Value == String {
    /// Permissions of a file in a guest.
    package static var fileMode: Kind {
        .parsed("a mode such as 0644", pattern: "^0?[0-7]{3}$", isAnyText: true) { text throws(Complaint) in
            guard (3...4).contains(text.utf8.count), text.utf8.count == 3 || text.hasPrefix("0"),
                text.unicodeScalars.allSatisfy({ ("0"..."7").contains($0) })
            else { throw Complaint() }
            return text
        }
    }

    /// A file's user in a guest, or a user and a group.
    package static var fileOwner: Kind {
        .parsed("a user or USER:GROUP", pattern: "^[a-z_][a-z0-9_-]*(:[a-z_][a-z0-9_-]*)?$") {
            text throws(Complaint) in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), parts.allSatisfy(GuestPath.isUser) else { throw Complaint() }
            return text
        }
    }
}
