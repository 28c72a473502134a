import Foundation
import Roles
import Spec

/// The repository's root, from this file's own place in it.
func repositoryRoot() -> String {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { url.deleteLastPathComponent() }
    return url.path
}

/// A file of the repository as a source with its path from the repository's root.
func source(_ path: String) throws -> SpecSource {
    SpecSource(file: path, bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(repositoryRoot())/\(path)"))))
}

/// Loads the text of one file, named `f`.
func load(_ text: String, variables: [String: String] = [:]) -> LoadResult {
    SpecLoader.load(sources: [SpecSource(file: "f", text: text)], roles: Roles.languages, variables: variables)
}
