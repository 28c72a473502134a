import Glibc

/// Why a file could not be used.
package struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Without the file's name.
    package let reason: String
    /// The system's number of it; 0 where it comes from somewhere else.
    package let code: Int32

    package init(_ reason: String, code: Int32 = 0) {
        self.reason = reason
        self.code = code
    }

    /// The reason that the last failed system call left behind.
    package static var last: FileError {
        let code = errno
        return FileError(String(cString: strerror(code)).lowercasedFirst, code: code)
    }

    package var description: String { "cannot be read: \(reason)" }
}

extension String {
    /// For the start of a sentence that goes into the middle of another.
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
