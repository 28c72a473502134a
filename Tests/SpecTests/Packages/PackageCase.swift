import Spec
import Testing

/// A package that is wrong, and everything that is said about it.
struct PackageCase: Sendable, CustomTestStringConvertible {
    let name: String
    let source: PackageSource
    let expected: [String]

    var testDescription: String { name }

    static let start = "apiVersion: kvmctl.role/v1\ndescription: d\n"

    /// A role.yaml, of which the first two lines are right.
    ///
    /// - Parameters:
    ///   - yaml: what follows, with `▸` before the place that the message must name.
    ///   - files: the other files of the folder, of which one may have the mark instead.
    ///   - message: the message, without place and severity.
    init(_ yaml: String, files: [String: String] = [:], gives message: String) {
        self.init(whole: PackageCase.start + yaml, files: files, gives: message)
    }

    /// A whole role.yaml.
    init(whole yaml: String, files: [String: String] = [:], gives message: String) {
        let marked = files.merging(["role.yaml": yaml]) { $1 }.mapValues { MarkedText($0) }
        let place = marked.lazy.compactMap { file, text in text.place.map { "\(file):\($0)" } }.first
        name = yaml.replacing(PackageCase.start, with: "") + (files["t"].map { " and " + $0 } ?? "")
        source = PackageSource(folder: "roles/p", files: marked.mapValues { Array($0.text.utf8) })
        expected = ["roles/p/\(place ?? "no place is marked"): error: \(message)"]
    }

    /// A template, in a package with the inputs `backends`, `listen` and `pw`.
    init(template: String, gives message: String) {
        self.init(
            """
            inputs: {backends: {type: members}, listen: {type: port, default: 80}, pw: {type: secret, required: true}}
            files: {/etc/x: {template: t}}
            """, files: ["t": template], gives: message)
    }

    /// Everything that is wrong with a package.
    static func problems(_ source: PackageSource) -> [String] {
        do throws(PackageProblem) {
            _ = try PackageReader.read(source, origin: .folder(source.folder))
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
    }
}
