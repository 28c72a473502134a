/// Where a secret comes from; the spec never holds the secret itself.
package enum Secret: Sendable, Hashable {
    case environment(String)
    /// A file's path, already made absolute or relative to the current folder.
    case file(String)
    /// A program and its arguments, whose standard output is the secret.
    case command([String])
}

extension Secret: CustomStringConvertible {
    /// The reference, which is safe to print and to store.
    package var description: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        case .command(let words): "command:\(words.joined(separator: " "))"
        }
    }
}
