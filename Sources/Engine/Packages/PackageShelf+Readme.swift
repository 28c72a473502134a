import Fleet
package import Spec

extension PackageShelf {
    /// The packages of the folder with a name, or all of them.
    package func own(named text: String?) throws(RunFailure) -> [PackageSource] {
        guard let text else {
            guard folders.isEmpty else { return folders }
            throw RunFailure("there is no package in roles/", remedy: "Make one: kvmctl role new NAME")
        }
        if let source = folders.first(where: { $0.name == text }) { return [source] }
        let remedy = Suggestions(folders.map(\.name), noun: "package", owner: "roles/ has").remedy(for: text)
        throw RunFailure("there is no package roles/\(PlainText.line(text))", remedy: remedy)
    }

    /// Writes the README.md of a package anew where it is not what it would be made now; whether it was written.
    ///
    /// Blocks on the disk.
    ///
    /// - Parameter onlyChecks: whether nothing is written, and it is only said.
    package func renewReadme(
        of source: PackageSource, home: String?, onlyChecking onlyChecks: Bool = false
    ) throws(RunFailure) -> Bool {
        let package: RolePackage
        do throws(PackageProblem) {
            package = try PackageReader.read(source, origin: .folder(source.folder))
        } catch {
            throw failure(error.diagnostics)
        }
        let file = "\(source.folder)/\(PackageSource.readme)"
        let old = source.files[PackageSource.readme].map { String(decoding: $0, as: UTF8.self) }
        let text: String
        do throws(PackageReadme.Problem) {
            text = try PackageReadme.text(of: package, keeping: old)
        } catch {
            throw RunFailure("\(file): \(error.reason)", remedy: error.remedy)
        }
        guard text != old else { return false }
        guard !onlyChecks else { return true }
        do throws(FileError) {
            try FileAccess.replace(FileAccess.expanded(file, home: home), with: Array(text.utf8), mode: 0o644)
        } catch {
            throw RunFailure("\(file) cannot be written: \(error.reason)", remedy: nil)
        }
        return true
    }
}
