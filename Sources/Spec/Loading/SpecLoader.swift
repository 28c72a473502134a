import YAML

/// Reads the files of a run into one cluster, or says everything that is wrong with them.
///
/// Pure: the caller reads the files and answers for what `uses:` names.
package enum SpecLoader {
    /// Loads a spec.
    /// - Parameters:
    ///   - sources: the files that the run manages, in any order.
    ///   - roles: the kinds of roles that instances may have.
    ///   - variables: what `--var` says; wins over everything.
    ///   - variableFiles: the files of `--var-file`, maps of names to text; later ones win.
    ///   - uses: reads a file, or every `*.yaml` and `*.yml` of a folder, by its path as the current folder sees it.
    ///   - packages: reads the role packages beside the specs of a folder, by its path as the current folder sees it.
    ///   - userData: reads a file that `cloudInit: {file: …}` names, by its path as the current folder sees it.
    ///   - provision: reads what `provision:` names.
    package static func load(
        sources: [SpecSource], roles: RoleLanguages, variables: [String: String] = [:],
        variableFiles: [SpecSource] = [],
        uses: @escaping (_ path: String) -> UsedSources = { _ in .failed("nothing can be used here") },
        packages: (_ folder: String) -> [PackageSource] = { _ in [] },
        userData: @escaping (_ path: String) -> UserDataSource = { _ in .failed("no file can be read here") },
        provision: @escaping (ProvisionPart) -> ProvisionSource = { _ in .failed("no file can be read here") }
    ) -> LoadResult {
        let context = DecodingContext(roles: roles, userData: userData, provision: provision)
        let overrides = overrides(variables, variableFiles, context: context)
        context.variables = Variables(overrides: overrides)
        var files = SpecFiles(context: context, uses: uses)
        files.read(sources)
        if roles.packaged != nil { context.roles = roles.adding(files.folders.flatMap(packages)) }
        var assembly = ClusterAssembly(files: files.files, context: context)
        let cluster = assembly.assemble(first: sources.first?.file)
        let rules = (Rule.all + [.rolesAreRight(context.roles)]).filter { !context.isIncomplete || !$0.needsEverything }
        let diagnostics = Diagnostic.inOrder(context.diagnostics + rules.flatMap { $0.check(cluster) })
        let isUsable = !diagnostics.contains { $0.severity == .error }
        return LoadResult(cluster: isUsable ? cluster : nil, diagnostics: diagnostics, roles: context.roles)
    }

    private static func overrides(
        _ variables: [String: String], _ files: [SpecSource], context: DecodingContext
    ) -> [String: String] {
        var values: [String: String] = [:]
        for source in files {
            let document = Document(reading: source.bytes, file: source.file)
            for error in document.errors { context.add(Diagnostic(error)) }
            guard let root = document.root, let mapping = context.mapping(root, path: "a variable file") else {
                continue
            }
            for entry in mapping.entries {
                guard VariableText.isName(entry.key) else {
                    context.error(
                        entry.keyMark, "\(Found.quoted(entry.key)) is not a variable name",
                        remedy: "use letters, digits, _ and -, starting with a letter")
                    continue
                }
                if let value = Variables.value(of: entry, context: context) { values[entry.key] = value }
            }
        }
        return values.merging(variables) { _, given in given }
    }
}
