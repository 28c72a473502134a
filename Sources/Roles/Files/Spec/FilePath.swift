import Spec

/// Which paths in a guest a file may have.
enum FilePath {
    /// In bytes.
    static let longest = 1_000

    /// Whether a character is itself for a shell's `read` and for awk.
    static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0x20 && scalar.value < 0x7F && scalar != "\\"
    }

    /// Refuses what is no plain absolute path, what ends in a folder, and what would be read as more than a path.
    static func check(_ path: String) throws(Complaint) {
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
        for folder in ["/proc/", "/sys/", "/dev/", "/run/", "/tmp/"] where path.hasPrefix(folder) {
            throw Complaint(
                message: "\(Found.quoted(path)) would be lost at a reboot", remedy: "choose another folder")
        }
        guard !path.hasPrefix(Files.folder + "/") else {
            throw Complaint(message: "\(Found.quoted(path)) is in the folder of kvmctl's own records")
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

extension Files {
    /// Where a guest has the records of the files that were put there.
    static let folder = "/var/lib/kvmctl-files"
}
