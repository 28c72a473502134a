import Glibc

/// Why a file could not be used.
struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Without the file's name.
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }

    /// The reason that the last failed system call left behind.
    static var last: FileError { FileError(String(cString: strerror(errno)).lowercasedFirst) }

    var description: String { "cannot be read: \(reason)" }
}

extension String {
    /// For the start of a sentence that goes into the middle of another.
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
