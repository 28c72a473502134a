/// The files of a package, read by the caller: this module does no input or output.
package struct PackageSource: Sendable {
    /// The folder as people named it, such as `lab/roles/cache`; its last part is the package's name.
    package let folder: String
    /// What is in it, by paths in there such as `templates/main.conf`.
    package let files: [String: [UInt8]]
    /// Why not all of it could be read; nil where it was.
    package let problem: String?

    package init(folder: String, files: [String: [UInt8]], problem: String? = nil) {
        self.folder = folder
        self.files = files
        self.problem = problem
    }
}

extension PackageSource {
    /// The file that makes a folder a package.
    package static let description = "role.yaml"
    /// The file that is made of it for people, and is no part of the package.
    package static let readme = "README.md"
    /// Of all files together, in bytes.
    package static let largest = 1 << 20
    package static let mostFiles = 64

    /// The package's name in a spec, valid or not.
    package var name: String { String(folder.split(separator: "/").last ?? "") }

    func path(of file: String) -> String { "\(folder)/\(file)" }

    /// What is wrong with a file's name in a package; nil where it is there.
    func problem(with name: String) -> (message: String, remedy: String?)? {
        let path = SpecPath.clean(name)
        guard !path.hasPrefix("/"), path != "..", !path.hasPrefix("../") else {
            return ("\(Found.quoted(name)) leads out of \(folder)", nil)
        }
        guard files[path] == nil else { return nil }
        let others = files.keys.filter { $0 != PackageSource.description && $0 != PackageSource.readme }
        let names = others.isEmpty ? [PackageSource.description] : others
        return (
            "there is no file \(Found.quoted(name)) in \(folder)", Suggestions(names, noun: "files").remedy(for: name)
        )
    }

    /// The bytes of a file that is there.
    func bytes(of name: String) -> [UInt8]? { files[SpecPath.clean(name)] }
}

/// Why a package cannot be used.
package struct PackageProblem: Error, Sendable, Equatable {
    /// The file or folder that has the mistakes.
    package let file: String
    package let diagnostics: [Diagnostic]
}
