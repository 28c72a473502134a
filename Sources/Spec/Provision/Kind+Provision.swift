import YAML

extension Kind where Value == Provision {
    /// What is done in a guest, as a role.
    static var provision: Kind {
        .object(
            ProvisionKeys.table,
            { provision in
                [
                    ProvisionKeys.script.written(provision.script),
                    ProvisionKeys.files.written(provision.files.isEmpty ? nil : provision.files),
                    ProvisionKeys.ansible.written(provision.playbook),
                    ProvisionKeys.environment.written(provision.environment.isEmpty ? nil : provision.environment),
                    ProvisionKeys.run.written(provision.run), ProvisionKeys.timeout.written(provision.timeout),
                    ProvisionKeys.outputs.written(provision.outputs.isEmpty ? nil : provision.outputs),
                ]
            }, { ProvisionBuilder($0).build() })
    }
}

/// Makes a provision, and the role that it is, of what a spec says and of the files that it names.
struct ProvisionBuilder {
    private let reader: MapReader
    private var context: DecodingContext { reader.context }
    private let environment: [String: InputValue]
    /// What templates may name; nil where not every variable could be read, so that nothing is known to be wrong.
    private let scope: TemplateScope?
    private let inputs: [InputDeclaration]

    init(_ reader: MapReader) {
        self.reader = reader
        let before = reader.context.diagnostics.count
        environment = reader.optional(ProvisionKeys.environment) ?? [:]
        inputs = environment.sorted { $0.key < $1.key }.map { name, value in
            InputDeclaration(name: name, type: value.variableType, isRequired: true, position: .rendered)
        }
        scope = reader.context.diagnostics.count == before ? TemplateScope(inputs) : nil
    }

    /// Nil where it does nothing, or where nobody can say what it does.
    func build() -> Provision? {
        let before = context.diagnostics.count
        checkKeys()
        let script = reader.optional(ProvisionKeys.script)
        let playbook = reader.optional(ProvisionKeys.ansible)
        let files = reader.optional(ProvisionKeys.files) ?? []
        let outputs = reader.optional(ProvisionKeys.outputs) ?? []
        let run = reader.optional(ProvisionKeys.run) ?? .onChange
        var package = RolePackage(name: .provision, origin: .inline)
        package.summary = "What the spec itself does in the guest."
        package.inputs = inputs
        package.timeout = reader.optional(ProvisionKeys.timeout) ?? Provision.defaultTimeout
        package.isDoneOnce = run == .once
        package.files = files.compactMap { file($0, &package.bytes) }
        if let script { add(script, to: &package) }
        if let playbook { add(playbook: playbook, to: &package) }
        add(outputs, to: &package)
        checkSize(of: package)
        guard context.diagnostics.count == before, script != nil || playbook != nil || !files.isEmpty else {
            return nil
        }
        return Provision(
            script: script, playbook: playbook, files: files, environment: environment, run: run,
            timeout: package.timeout, outputs: outputs, role: PackageRole(package: package, inputs: environment))
    }

    private func checkKeys() {
        let hasScript = reader.has(ProvisionKeys.script)
        let hasPlaybook = reader.has(ProvisionKeys.ansible)
        if hasScript, hasPlaybook {
            context.error(
                reader.mark(of: ProvisionKeys.script),
                "\(reader.path): expected either script or ansible, found both",
                remedy: "run the script as a task of the playbook")
        } else if hasPlaybook, let name = environment.keys.filter(ProvisionScript.ansiblesOwn.contains).min() {
            context.error(
                reader.mark(of: ProvisionKeys.environment),
                "\(reader.path).environment: \(name) is set by kvmctl for the playbook's run",
                remedy: "set what it is for in an ansible.cfg beside the playbook, or leave it out")
        } else if !hasScript, !hasPlaybook, !context.acceptsMissing {
            if !reader.has(ProvisionKeys.files), !isMisspelt {
                context.error(reader.mark, "\(reader.path): expected script, files or ansible")
            } else if reader.has(ProvisionKeys.outputs) {
                context.error(
                    reader.mark(of: ProvisionKeys.outputs),
                    "\(reader.path).outputs: files alone have no outputs", remedy: "add script, which writes them")
            }
        }
    }

    /// Whether what is missing was complained about as an unknown key.
    private var isMisspelt: Bool {
        [ProvisionKeys.script.name, ProvisionKeys.ansible.name, ProvisionKeys.files.name].contains {
            ProvisionKeys.table.isMisspelt($0, in: reader.mapping)
        }
    }

    private func add(_ path: String, to package: inout RolePackage) {
        let mark = reader.mark(of: ProvisionKeys.script)
        let key = "\(reader.path).\(ProvisionKeys.script.name)"
        guard let bytes = context.provisionedFile(path, named: mark, at: key) else { return }
        guard !bytes.isEmpty else {
            context.error(mark, "\(key): \(Found.shortened(path)) is empty")
            return
        }
        package.bytes["script"] = bytes
        package.hooks[.script] = ProvisionScript.bytes(variables: inputs.map(\.name))
        package.hooks[.program] = bytes
    }

    private func add(playbook path: String, to package: inout RolePackage) {
        let mark = reader.mark(of: ProvisionKeys.ansible)
        let key = "\(reader.path).\(ProvisionKeys.ansible.name)"
        guard let playbook = context.playbook(path, named: mark, at: key) else { return }
        package.playbook = playbook
        package.bytes["ansible"] = Array(playbook.name.utf8)
        for (name, digest) in playbook.files { package.bytes["ansible/\(name)"] = Array(digest.utf8) }
    }

    private func add(_ outputs: [PackageEntry<ProvisionOutput>], to package: inout RolePackage) {
        package.outputs = outputs.map { entry in
            OutputDeclaration(
                name: entry.name, isSecret: entry.value.isSecret, isStable: false, value: nil,
                summary: entry.value.summary,
                position: .rendered)
        }
        guard !outputs.isEmpty else { return }
        let lines = outputs.map { "\($0.name) \($0.value.isSecret ? "secret" : "plain")\n" }.sorted()
        package.bytes["outputs"] = lines.flatMap { Array($0.utf8) }
    }

    private func checkSize(of package: RolePackage) {
        guard package.bytes.values.reduce(0, { $0 + $1.count }) > PackageSource.largest else { return }
        context.error(
            reader.mark, "\(reader.path): its files are larger than 1MiB together",
            remedy: "fetch large files in the script")
    }
}

extension ProvisionBuilder {
    /// A file as a package has it; what tells it apart is added to the package's bytes.
    private func file(
        _ entry: PackageEntry<ProvisionFile>, _ bytes: inout [String: [UInt8]]
    ) -> PackageFile? {
        let file = entry.value
        guard let content = content(of: entry) else { return nil }
        var mode = file.mode ?? "0644"
        if case .template(let template) = content, let secret = scope.flatMap({ template.secrets($0).first }) {
            mode = file.mode ?? "0600"
            if mode.last?.wholeNumberValue.map({ $0 & 4 != 0 }) == true {
                context.error(
                    file.marks.mode,
                    "\(entry.path).mode: it holds the secret \(Found.quoted(secret)), and others could read it",
                    remedy: "use 0600 or 0640")
            }
        }
        bytes["files\(entry.name)"] =
            Array("\(mode) \(file.owner) \(file.check ?? "")\n".utf8) + (file.bytes ?? [])
        return PackageFile(
            name: entry.name, path: Template(parts: [.text(entry.name)], place: .file("")), content: content,
            mode: mode, owner: file.owner, check: file.check, condition: nil, position: .rendered)
    }

    private func content(of entry: PackageEntry<ProvisionFile>) -> PackageFile.Content? {
        guard let bytes = entry.value.bytes else { return nil }
        let place: TemplatePlace
        switch entry.value.content {
        case .source: return .bytes(bytes)
        case .template(let path): place = .file(path)
        case .content:
            place = .value(entry.value.marks.content, isPlain: false, path: "\(entry.path).content")
        }
        do throws(TemplateErrors) {
            let template = try Template(bytes, in: place)
            guard let scope else { return .template(template) }
            for diagnostic in template.check(scope) { context.add(diagnostic) }
            // Where it is written tells no role from another.
            return .template(try Template(bytes, file: entry.name))
        } catch {
            for diagnostic in error.diagnostics { context.add(diagnostic) }
            return nil
        }
    }
}
