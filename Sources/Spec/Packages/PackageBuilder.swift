import YAML

/// Makes a package of what its role.yaml says and of the other files of its folder.
struct PackageBuilder {
    let fields: PackageFields
    let source: PackageSource
    let context: DecodingContext
    let inputs: [InputDeclaration]
    /// What templates may name; nil where not every input could be read, so that nothing is known to be wrong.
    let scope: TemplateScope?

    init(_ fields: PackageFields, in source: PackageSource, context: DecodingContext) {
        self.fields = fields
        self.source = source
        self.context = context
        inputs = fields.inputs.map { entry in
            InputDeclaration(
                name: entry.name, type: entry.value.type, isRequired: entry.value.isRequired,
                defaultValue: entry.value.defaultValue, summary: entry.value.summary, example: entry.value.example,
                position: entry.mark)
        }
        scope = fields.knowsInputs ? TemplateScope(inputs) : nil
    }

    /// The package, complete enough to be checked even where something is wrong.
    func build(_ name: Name, origin: RolePackage.Origin) -> RolePackage {
        var package = RolePackage(name: name, origin: origin)
        package.summary = fields.summary
        package.inputs = inputs
        package.packages = fields.packages
        package.files = fields.files.compactMap(file)
        package.services = fields.services.map(service)
        package.ports = fields.ports.map(port)
        package.health = fields.health.flatMap(health)
        package.outputs = fields.outputs.map(output)
        package.hooks = hooks()
        package.timeout = fields.timeout ?? package.timeout
        package.bytes = source.files.filter { namedFiles.contains($0.key) }
        checkDrain()
        return package
    }

    /// The paths of role.yaml and of the files that it names: what else is in the folder changes nothing.
    private var namedFiles: Set<String> {
        var names = fields.files.compactMap { $0.value.template ?? $0.value.source }
        names += fields.hooks.values
        if let command = fields.health?.command { names.append(command) }
        return Set(names.map { SpecPath.clean($0.value) } + [PackageSource.description])
    }

    /// The scripts that are there.
    private func hooks() -> [PackageHook: [UInt8]] {
        var named = fields.hooks.map { (hook: $0.key, file: $0.value, path: $0.key.rawValue) }
        if let command = fields.health?.command { named.append((.health, command, "health.command")) }
        var hooks: [PackageHook: [UInt8]] = [:]
        for (hook, file, path) in named { hooks[hook] = bytes(file, path: path) }
        return hooks
    }

    /// What a file of the package holds; complains where there is none.
    func bytes(_ file: Marked<String>, path: String) -> [UInt8]? {
        if let problem = source.problem(with: file.value) {
            context.error(file.mark, "\(path): \(problem.message)", remedy: problem.remedy)
        }
        return source.bytes(of: file.value)
    }

    /// Complains about everything in a template that the inputs cannot give.
    func check(_ template: Template, where condition: PackageCondition? = nil) {
        guard let scope else { return }
        for diagnostic in template.check(condition?.narrowed(scope) ?? scope) { context.add(diagnostic) }
    }

    /// Complains about a secret in what anybody may see.
    func refuseSecrets(in template: Template, path: String, remedy: String) {
        guard let scope, let secret = template.secrets(scope).first else { return }
        context.error(
            template.place.start, "\(path): it holds the secret input \(Found.quoted(secret))", remedy: remedy)
    }

    /// The condition that a `when:` is.
    func condition(_ text: Marked<String>?, path: String) -> PackageCondition? {
        guard let text else { return nil }
        guard TemplateName.isName(text.value), text.value != "." else {
            context.error(text.mark, "\(path): expected the name of an input, found \(Found.quoted(text.value))")
            return nil
        }
        let condition = PackageCondition(
            text.value, at: text.mark, in: .value(text.mark, isPlain: false, path: path))
        if let scope {
            for diagnostic in condition.check(scope) { context.add(diagnostic) }
        }
        return condition
    }

    /// Complains about a port that no input can say.
    func check(_ port: Marked<PortValue>, path: String, where condition: PackageCondition? = nil) {
        guard let scope, case .input(let name) = port.value else { return }
        let known = condition?.narrowed(scope) ?? scope
        guard let input = inputs.first(where: { $0.name == name }) else {
            let names = Suggestions(inputs.map(\.name), noun: "inputs", owner: "the package has")
            context.error(
                port.mark, "\(path): there is no input \(Found.quoted(name))", remedy: names.remedy(for: name))
            return
        }
        if input.type != .port {
            context.error(
                port.mark, "\(path): the input \(Found.quoted(name)) has the type \(input.type.word.rawValue)",
                remedy: "expected a port")
        } else if input.isOptional, !known.given.contains(name) {
            context.error(
                port.mark, "\(path): the input \(Found.quoted(name)) may be unset",
                remedy: "give it a default, or make it required")
        }
    }

    /// Taking members out needs somebody to take out, and a way back.
    private func checkDrain() {
        if let drain = fields.hooks[.drain], fields.hooks[.undrain] == nil {
            context.error(drain.mark, "drain: undrain is missing, which puts a member back")
        } else if let undrain = fields.hooks[.undrain], fields.hooks[.drain] == nil {
            context.error(undrain.mark, "undrain: drain is missing, which takes a member out")
        } else if let drain = fields.hooks[.drain], scope != nil, !inputs.contains(where: { $0.type == .members }) {
            context.error(
                drain.mark, "drain: the package has no input of the type members to take anybody out of")
        }
    }
}
