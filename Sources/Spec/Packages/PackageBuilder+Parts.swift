import YAML

extension PackageBuilder {
    /// A service, whose name gets its ending.
    func service(_ entry: PackageEntry<ServiceFields>) -> PackageService {
        let fields = entry.value
        let names = self.fields.files.map(\.name)
        for file in fields.files ?? [] where !names.contains(file.value) {
            context.error(
                file.mark, "\(entry.path).files: there is no file \(Found.quoted(file.value)) in files",
                remedy: Suggestions(names, noun: "files", owner: "the package has").remedy(for: file.value))
        }
        if let onChange = fields.onChange, onChange.value == .reload, !provesReload {
            let revision = "{{\(TemplateOwnValue.revision.name)}}"
            context.error(
                onChange.mark, "\(entry.path).onChange: a reload reports success even when it fails",
                remedy: "add a health: with a command, or with \(revision) in its path or body")
        }
        let endings = [".service", ".socket", ".timer", ".path", ".mount", ".target"]
        return PackageService(
            unit: endings.contains(where: entry.name.hasSuffix) ? entry.name : entry.name + ".service",
            onChange: fields.onChange?.value ?? .restart, files: fields.files?.map(\.value),
            isRunning: fields.isRunning, isEnabled: fields.isEnabled)
    }

    /// Whether only the state that was just placed can pass the health check.
    private var provesReload: Bool {
        guard let health = fields.health else { return false }
        return health.command != nil || health.http.map(gate)?.namesRevision == true
    }

    func port(_ fields: PortFields) -> PackagePort {
        let condition = self.condition(fields.condition, path: "ports.when")
        check(fields.port, path: "ports.port", where: condition)
        return PackagePort(port: fields.port.value, transport: fields.transport, condition: condition)
    }

    /// What proves that the role works; nil where it is wrong.
    func health(_ fields: HealthFields) -> PackageHealth? {
        let gate: PackageHealth.Gate
        if let http = fields.http {
            check(http.port, path: "health.http.port")
            for (template, key) in [(http.path, "path"), (http.body, "body")] {
                guard let template else { continue }
                check(template)
                refuseSecrets(
                    in: template, path: "health.http.\(key)", remedy: "ask from a script, with command:")
            }
            gate = .http(self.gate(http))
        } else if let tcp = fields.tcp {
            check(tcp, path: "health.tcp.port")
            gate = .tcp(tcp.value)
        } else if fields.command != nil {
            gate = .command
        } else {
            return nil
        }
        return PackageHealth(gate: gate, timeout: fields.timeout, origin: fields.origin)
    }

    private func gate(_ page: HTTPFields) -> HTTPGate {
        HTTPGate(
            port: page.port.value, path: page.path ?? .root, status: page.status, body: page.body, isTLS: page.isTLS)
    }

    func output(_ entry: PackageEntry<OutputFields>) -> OutputDeclaration {
        let fields = entry.value
        if let value = fields.value {
            check(value)
            refuseSecrets(
                in: value, path: "\(entry.path).value", remedy: "write it from apply: and declare secret: true")
        } else if self.fields.hooks[.apply] == nil {
            context.error(entry.mark, "\(entry.path): expected value:, or an apply: that writes it")
        }
        return OutputDeclaration(
            name: entry.name, isSecret: fields.isSecret, isStable: fields.isStable, value: fields.value,
            summary: fields.summary, position: entry.mark)
    }
}

extension Template {
    /// The path of a website's first page.
    fileprivate static var root: Template { Template(parts: [.text("/")], place: .file("")) }
}
