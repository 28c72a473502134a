import Fleet
import Formats
import Reconciler
import Spec

/// A role with all its values, and what is made of it for a guest.
struct PackageRendering: Sendable {
    let application: PackageApplication
    let inputs: PackageInputs
    /// The texts of secrets, by their places below the role.
    let secrets: [String: String]
    let role: Name
    /// How the node gets at what the role serves.
    let reach: GuestReach
    /// Whose packages the guest has.
    let family: String

    private var package: RolePackage { application.role.package }
    /// The guest's own address; nil where none is known.
    private var address: IPv4Address? { reach.address }

    /// The system packages that it needs there.
    ///
    /// - Throws: where the package is not for such guests.
    func systemPackages() throws(StepProblem) -> [String] {
        guard let packages = package.packages else { return [] }
        if let family = GuestFamily(rawValue: family), let names = packages[family] { return names }
        let families = packages.keys.map(\.rawValue).sorted().joined(separator: ", ")
        throw StepProblem(
            "\(role) cannot be applied: its guest is \(family), and \(package.name) has packages for \(families) only")
    }

    /// The members that it sends work to or is one of.
    var members: [Member] { inputs.members }

    /// What tells the attempt to people and servers.
    func revision(_ attempt: Int) -> String { "\(role)-\(attempt)" }

    /// What templates get, without secrets.
    func plainValues(_ attempt: Int) -> TemplateValues {
        var own: [TemplateOwnValue: String] = [
            .instance: application.instance.text, .role: role.text, .revision: revision(attempt), .family: family,
            .attempt: "\(attempt)",
        ]
        own[.address] = address?.description
        return TemplateValues(inputs: inputs.values, own: own)
    }

    /// What says which state is wanted, before anything is made for it.
    func announcement(_ packages: [String]) throws(StepProblem) -> PayloadWriter {
        var writer = PayloadWriter(digest: PackageDigest.package(package.bytes), target: inputs.target)
        addState(packages, to: &writer)
        for service in package.services { writer.service(self.service(service, watched: [])) }
        return writer
    }

    /// All that is put into the guest.
    func payload(
        _ packages: [String], attempt: Int, isBeginning: Bool
    ) throws(StepProblem) -> PayloadWriter {
        var writer = PayloadWriter(
            digest: PackageDigest.package(package.bytes), target: inputs.target, attempt: attempt,
            isBeginning: isBeginning)
        addState(packages, to: &writer)
        let plain = plainValues(attempt)
        var all = plain
        all.inputs = inputs.filled(secrets)
        for (value, text) in plain.own.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where value != .role {
            writer.variable(value.rawValue.uppercased(), text)
        }
        let files = try addFiles(plain, all, to: &writer)
        for service in package.services {
            // One whose files are all left out follows none.
            let watched = service.files?.compactMap { files[$0] } ?? []
            writer.service(self.service(service, watched: watched))
        }
        for port in package.ports where port.condition?.holds(plain) != false {
            guard let number = port.port.port(in: inputs.values) else { continue }
            writer.port("\(number)/\(port.transport.rawValue)")
        }
        for output in package.outputs where output.isSecret && output.value == nil { writer.hide(output.name) }
        for (hook, bytes) in package.hooks.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.hook(hook.rawValue, bytes)
        }
        try addInputs(all.inputs, to: &writer)
        return writer
    }

    private func addState(_ packages: [String], to writer: inout PayloadWriter) {
        writer.state("package", package.name.text)
        writer.state("digest", PackageDigest.package(package.bytes))
        if !package.hooks.isEmpty {
            writer.state("hooks", package.hooks.keys.map(\.rawValue).sorted().joined(separator: ","))
        }
        writer.state("first", inputs.isFirst ? "yes" : "no")
        if let address { writer.state("address", address.description) }
        for name in packages { writer.package(name) }
    }

    private func service(_ service: PackageService, watched: [String]) -> PayloadWriter.Service {
        let followsNothing = service.files != nil && watched.isEmpty
        return PayloadWriter.Service(
            unit: service.unit, onChange: service.onChange.rawValue, isRunning: service.isRunning,
            isEnabled: service.isEnabled, watched: followsNothing ? [PayloadWriter.Service.nothing] : watched)
    }

    /// Adds the files; their paths by the names that the package has for them.
    private func addFiles(
        _ plain: TemplateValues, _ all: TemplateValues, to writer: inout PayloadWriter
    ) throws(StepProblem) -> [String: String] {
        var paths: [String: String] = [:]
        for file in package.files where file.condition?.holds(plain) != false {
            guard let path = file.path(plain), !paths.values.contains(path) else {
                throw StepProblem(
                    "\(package.name) has no usable path for its file \(file.name) with these inputs",
                    remedy: "Change the inputs that are in its path.")
            }
            paths[file.name] = path
            switch file.content {
            case .absent: writer.absent(path)
            case .bytes(let bytes):
                writer.file(path, bytes, mode: file.mode, owner: file.owner, .plain, check: file.check)
            case .template(let template):
                let bytes = try render(template, all)
                let content: PayloadWriter.Content = template.secrets(package.scope).isEmpty ? .plain : .secret
                writer.file(path, bytes, mode: file.mode, owner: file.owner, content, check: file.check)
            }
        }
        return paths
    }

    private func addInputs(
        _ values: [String: InputValue], to writer: inout PayloadWriter
    ) throws(StepProblem) {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard !value.hasBrokenItem else {
                throw StepProblem("an item of \(name) of \(role) has a line break", remedy: "Write it in one line.")
            }
            guard let bytes = value.fileBytes else { throw StepProblem("the input \(name) of \(role) is not known") }
            writer.input(name, bytes, package.input(name)?.type.isSecret == true ? .secret : .plain)
        }
        let remembered = inputs.text
        guard remembered.utf8.count <= PackageReading.longestInputs else {
            throw StepProblem(
                "the inputs of \(role) are longer than \(PackageReading.longestInputs >> 10) KiB",
                remedy: "Give large values in files of a package.")
        }
        writer.inputs(remembered: remembered, whole: inputs.text(secrets))
    }

    /// What commits the attempt: its outputs, and the members that it lists.
    ///
    /// - Parameter given: the outputs that a playbook gave.
    func conclusion(_ attempt: Int, _ given: [String: String] = [:]) throws(StepProblem) -> String {
        let plain = plainValues(attempt)
        var text = ""
        for output in package.outputs {
            text += "output \(output.name) \(output.isSecret ? "secret" : "plain")"
            if let value = given[output.name] {
                text += " = \(value)"
            } else if let template = output.value {
                let value = String(decoding: try render(template, plain), as: UTF8.self)
                guard value.utf8.count <= PackageReading.longestOutput, !value.contains(where: \.isNewline) else {
                    throw StepProblem("the output \(output.name) of \(role) is not one line of at most 8 KiB")
                }
                text += " = \(value)"
            }
            text += "\n"
        }
        for member in members where !member.isSelf {
            text += "member \(member.name) \(member.address) \(member.port.map { "\($0)" } ?? "")\n"
        }
        return text
    }

    func render(_ template: Template, _ values: TemplateValues) throws(StepProblem) -> [UInt8] {
        do throws(TemplateProblem) {
            return try template.render(values)
        } catch {
            throw StepProblem("\(package.name) cannot be filled in: \(error)")
        }
    }
}
