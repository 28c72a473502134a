/// A role that needs no code of kvmctl's own: inputs, system packages, files, services and scripts in a folder.
package struct RolePackage: Sendable, Equatable {
    /// Where a package comes from.
    package enum Origin: Sendable, Hashable {
        /// A folder beside a spec.
        case folder(String)
        /// It came with kvmctl.
        case shipped
        /// A spec wrote it in place.
        case inline
    }

    /// The word for it in a spec.
    package let name: Name
    package let origin: Origin
    /// What it is, in a sentence.
    package var summary = ""
    package var inputs: [InputDeclaration] = []
    /// The system packages of each family of distributions; nil where it needs none, and so fits all.
    package var packages: [GuestFamily: [String]]?
    package var files: [PackageFile] = []
    package var services: [PackageService] = []
    package var ports: [PackagePort] = []
    package var health: PackageHealth?
    /// The scripts, and what runs them.
    package var hooks: [PackageHook: [UInt8]] = [:]
    package var outputs: [OutputDeclaration] = []
    /// Of an installation, and of each script that may take long.
    package var timeout: Duration = .seconds(600)
    /// Whether it is right for good once it was applied, whatever changes.
    package var isDoneOnce = false
    /// What Ansible does beside the rest; nil for nothing.
    package var playbook: Playbook?
    /// role.yaml and the files that it names, by their paths in the folder: what the package's digest is made of.
    package var bytes: [String: [UInt8]] = [:]
    /// Whether a package of this name came with kvmctl, whose place this one takes.
    package var hidesShipped = false

    package init(name: Name, origin: Origin) {
        self.name = name
        self.origin = origin
    }

    /// A playbook of Ansible on this machine.
    package struct Playbook: Sendable, Equatable {
        /// As the system knows it.
        package let path: String
        /// The digests of all files in its folder, by their paths there.
        package let files: [String: String]

        package init(path: String, files: [String: String]) {
            self.path = path
            self.files = files
        }

        /// Its file's name in its folder.
        package var name: String { String(path.split(separator: "/").last ?? "") }
    }
}

extension RolePackage {
    /// The input with a name.
    package func input(_ name: String) -> InputDeclaration? { inputs.first { $0.name == name } }

    /// The folder that it is in, where somebody could take it for the one that came with kvmctl.
    package var hidingFolder: String? {
        guard hidesShipped, case .folder(let folder) = origin else { return nil }
        return folder
    }

    /// The script that does what files and services cannot; nil where it has none.
    package var mainHook: PackageHook? { [.script, .apply].first { hooks[$0] != nil } }

    /// Whether a template or a script of it has one of kvmctl's own values.
    package func uses(_ value: TemplateOwnValue) -> Bool {
        let variable = Array("KVMCTL_\(value.rawValue.uppercased())".utf8)
        var templates = outputs.compactMap(\.value) + files.map(\.path)
        for case .template(let template) in files.map(\.content) { templates.append(template) }
        if case .http(let gate)? = health?.gate { templates += [gate.path, gate.body].compactMap(\.self) }
        return templates.contains { $0.names.contains { $0.text == value.name } }
            || hooks.values.contains { $0.firstRange(of: variable) != nil }
    }

    /// What its templates may name.
    package var scope: TemplateScope { TemplateScope(inputs) }
}

/// Distributions that have one way to install software.
package enum GuestFamily: String, Sendable, CaseIterable {
    case debian, rhel, alpine
}

/// What a package's script is run for.
package enum PackageHook: String, Sendable, CaseIterable {
    case apply, check, drain, undrain, remove, health
    /// Of a package that a spec wrote in place: what runs instead of `apply`, and the spec's own file that it begins.
    case script, program
}

/// A role of a package, as a spec has it.
package struct PackageRole: Sendable, Equatable {
    package let package: RolePackage
    /// What is set, with the defaults of what the spec leaves out.
    package let inputs: [String: InputValue]

    package init(package: RolePackage, inputs: [String: InputValue]) {
        self.package = package
        self.inputs = inputs
    }
}
