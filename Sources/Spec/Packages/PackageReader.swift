import YAML

/// Reads a package, or says everything that is wrong with it.
///
/// Pure: the caller reads the files.
package enum PackageReader {
    /// Reads the package that a folder holds.
    package static func read(
        _ source: PackageSource, origin: RolePackage.Origin
    ) throws(PackageProblem) -> RolePackage {
        if let problem = Self.problem(with: source) { throw problem }
        let file = source.path(of: PackageSource.description)
        let context = DecodingContext(roles: RoleLanguages([]))
        context.putsInVariables = false
        let document = Document(reading: source.files[PackageSource.description] ?? [], file: file)
        for error in document.errors { context.add(Diagnostic(error)) }
        var package: RolePackage?
        if let name = Name(source.name), let root = document.root, let fields = Self.fields(root, context) {
            let builder = PackageBuilder(fields, in: source, context: context)
            package = builder.build(name, origin: origin)
            let doesNothing =
                fields.packages == nil && fields.files.isEmpty && fields.services.isEmpty
                && fields.hooks[.apply] == nil
            if doesNothing, context.diagnostics.isEmpty {
                context.error(
                    root.mark, "the package does nothing", remedy: "add packages, files, services or apply")
            }
        }
        guard let package, context.diagnostics.isEmpty else {
            throw PackageProblem(file: file, diagnostics: Diagnostic.inOrder(context.diagnostics))
        }
        return package
    }

    /// What is wrong with a folder before anything in it is read.
    private static func problem(with source: PackageSource) -> PackageProblem? {
        func problem(_ message: String, _ remedy: String?) -> PackageProblem {
            let place = Position(wholeFile: source.folder)
            return PackageProblem(file: source.folder, diagnostics: [Diagnostic(at: place, message, remedy: remedy)])
        }
        guard Name(source.name) != nil else {
            return problem(
                "\(Found.quoted(source.name)) is no name", "use lower-case letters, digits and hyphens")
        }
        if let reason = source.problem { return problem(reason, nil) }
        guard source.files.values.reduce(0, { $0 + $1.count }) <= PackageSource.largest else {
            return problem("it is larger than 1MiB", "fetch large files in apply:")
        }
        guard source.files.count <= PackageSource.mostFiles else {
            return problem(
                "it has \(source.files.count) files, at most \(PackageSource.mostFiles) are taken",
                "put what belongs together into one archive")
        }
        guard source.files[PackageSource.description] != nil else {
            return problem("there is no \(PackageSource.description)", "add it, or rename the folder")
        }
        return nil
    }

    private static func fields(_ root: YAML.Node, _ context: DecodingContext) -> PackageFields? {
        if case .invalid = root.content { return nil }
        guard root.mapping != nil else {
            context.error(
                root.mark,
                "expected a package that starts with apiVersion: \(PackageKeys.language), "
                    + "found \(Found.describe(root))")
            return nil
        }
        guard let reader = MapReader(root, table: PackageKeys.table, path: "", context: context) else { return nil }
        if !reader.has(PackageKeys.apiVersion) {
            context.error(
                root.mark, "apiVersion is missing", remedy: "add apiVersion: \(PackageKeys.language) at the top")
        }
        _ = reader.optional(PackageKeys.apiVersion)
        return PackageFields(reader)
    }
}

extension PackageFields {
    /// Reads all keys but the language's version.
    fileprivate init(_ reader: MapReader) {
        summary = reader.required(PackageKeys.description) ?? ""
        let before = reader.context.diagnostics.count
        inputs = reader.optional(PackageKeys.inputs) ?? []
        knowsInputs = reader.context.diagnostics.count == before
        packages = reader.optional(PackageKeys.packages)
        files = reader.optional(PackageKeys.files) ?? []
        services = reader.optional(PackageKeys.services) ?? []
        ports = reader.optional(PackageKeys.ports) ?? []
        health = reader.optional(PackageKeys.health)
        for (hook, key) in PackageKeys.hooks { hooks[hook] = reader.optional(key) }
        timeout = reader.optional(PackageKeys.timeout)
        outputs = reader.optional(PackageKeys.outputs) ?? []
    }
}
