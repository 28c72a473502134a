import YAML

/// The packages that a run knows, by their names: those beside its specs, and those that came with kvmctl.
///
/// A folder beside a spec hides a shipped package of its name; two such folders are an error.
package struct PackageCatalogue: Sendable {
    private var entries: [Name: Result<RolePackage, PackageProblem>] = [:]
    /// What is wrong with folders that have no name for an entry.
    private var nameless: [PackageProblem] = []
    /// The kinds of roles that are no packages.
    package let kinds: [RoleKey]

    /// - Parameter kinds: the kinds of roles that kvmctl has itself, whose names are taken.
    package init(shipped: [RolePackage], folders: [PackageSource], kinds: [RoleKey] = []) {
        self.kinds = kinds
        for package in shipped { entries[package.name] = .success(package) }
        var first: [Name: String] = [:]
        for source in folders {
            guard let name = Name(source.name) else {
                if case .failure(let problem) = PackageCatalogue.read(source) { nameless.append(problem) }
                continue
            }
            let file = source.path(of: PackageSource.description)
            if kinds.contains(RoleKey(name.text)) {
                let taken = PackageCatalogue.problem(
                    file, "\(name) is a kind of role and no package's name", remedy: "rename the folder")
                nameless.append(taken)
            } else if let other = first[name] {
                entries[name] = .failure(
                    PackageCatalogue.problem(
                        file, "the package \(Found.quoted(name.text)) is defined twice", remedy: "keep one of them",
                        related: .init("first defined", at: Position(wholeFile: other))))
            } else {
                first[name] = file
                let isShipped = entries[name] != nil
                entries[name] = PackageCatalogue.read(source).map { package in
                    var package = package
                    package.hidesShipped = isShipped
                    return package
                }
            }
        }
    }

    /// A package, or what is wrong with it; nil where there is none of this name.
    package subscript(name: Name) -> Result<RolePackage, PackageProblem>? { entries[name] }

    /// The names that roles may have, right or wrong, sorted.
    package var names: [Name] { entries.keys.sorted() }

    /// Everything that is wrong with any of them.
    package var diagnostics: [Diagnostic] {
        let problems = entries.values.compactMap { entry -> PackageProblem? in
            if case .failure(let problem) = entry { problem } else { nil }
        }
        return Diagnostic.inOrder((problems + nameless).flatMap(\.diagnostics))
    }

    private static func read(_ source: PackageSource) -> Result<RolePackage, PackageProblem> {
        do throws(PackageProblem) {
            return .success(try PackageReader.read(source, origin: .folder(source.folder)))
        } catch {
            return .failure(error)
        }
    }

    private static func problem(
        _ file: String, _ message: String, remedy: String, related: Diagnostic.Related? = nil
    ) -> PackageProblem {
        let place = Position(wholeFile: file)
        return PackageProblem(
            file: file, diagnostics: [Diagnostic(at: place, message, remedy: remedy, related: related)])
    }
}
