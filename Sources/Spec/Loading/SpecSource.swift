/// The bytes of one spec file, read by the caller: this module does no input or output.
package struct SpecSource: Sendable {
    /// The file as the user named it, with the path that its relative paths start from; `-` for standard input.
    package let file: String
    package let bytes: [UInt8]

    package init(file: String, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }

    package init(file: String, text: String) {
        self.init(file: file, bytes: Array(text.utf8))
    }
}

/// What came of asking for a file of user-data.
package enum UserDataSource: Sendable {
    case found(SpecSource)
    /// Why it could not be read, such as `there is no such file`.
    case failed(String)
}

/// What came of asking for a file or folder that `uses:` names.
package enum UsedSources: Sendable {
    /// The file, or the folder's `*.yaml` and `*.yml`.
    case found([SpecSource])
    /// Why it could not be read, such as `there is no such file`.
    case failed(String)
}
