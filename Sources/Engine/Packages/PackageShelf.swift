import Fleet
import Roles
package import Spec

/// The role packages that a command can choose from: those beside specs, and those that came with kvmctl.
package struct PackageShelf: Sendable {
    package let catalogue: PackageCatalogue
    /// The lines of the packages' files, by the files' names.
    package let lines: [String: [String]]
    /// What is in the folders beside the specs.
    package let folders: [PackageSource]

    /// Those beside the specs of a folder.
    ///
    /// Blocks on the disk.
    package init(beside folder: String, home: String?) throws(RunFailure) {
        do throws(FileError) {
            folders = try PackageFolders.packages(beside: folder, expanded: FileAccess.expanded(folder, home: home))
        } catch {
            throw RunFailure("\(folder)/roles \(error.description).", remedy: nil)
        }
        catalogue = Roles.languages.adding(folders).catalogue
        var lines: [String: [String]] = [:]
        for source in folders {
            for (name, bytes) in source.files { lines["\(source.folder)/\(name)"] = SpecReader.lines(bytes) }
        }
        self.lines = lines
    }

    /// Those beside spec files and all that these use, whatever else is wrong with them.
    ///
    /// Blocks on the disk.
    package init(besideFiles files: [String], home: String?) throws(RunFailure) {
        let spec = SpecReader.load(SpecRequest(files: files), home: home)
        guard let roles = spec.roles else {
            var failure = RunFailure(.specInvalid)
            failure.spec = spec
            throw failure
        }
        catalogue = roles.catalogue
        lines = spec.sources
        folders = []
    }

    /// A package that can be used.
    package func package(named text: String) throws(RunFailure) -> RolePackage {
        guard let name = Name(text), let found = catalogue[name] else {
            let remedy = Suggestions(catalogue.names.map(\.text), noun: "packages", owner: "there are").remedy(
                for: text)
            if catalogue.kinds.contains(where: { $0.text == text }) {
                throw RunFailure(
                    "\(text) is a kind of role of kvmctl's own, and no package",
                    remedy: "docs/spec.md has its inputs, or kvmctl schema.")
            }
            throw RunFailure("there is no package \(PlainText.line(text))", remedy: remedy)
        }
        switch found {
        case .success(let package): return package
        case .failure(let problem): throw failure(problem.diagnostics)
        }
    }

    /// What is wrong with packages, as a spec is told.
    func failure(_ diagnostics: [Diagnostic]) -> RunFailure {
        var failure = RunFailure(.specInvalid)
        failure.spec = LoadedSpec(cluster: nil, diagnostics: diagnostics, sources: lines)
        return failure
    }
}
