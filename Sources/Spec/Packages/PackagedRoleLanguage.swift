/// The kind of role that all packages are of: its words in a spec are the packages' names.
///
/// Everything that it says of a role is what the role's own package says.
package protocol PackagedRoleLanguage: RoleLanguage where Value == PackageRole {}

extension PackagedRoleLanguage {
    package static var form: Kind<PackageRole> { .ofAnyPackage }

    package static func word(of value: PackageRole) -> RoleKey { RoleKey(value.package.name.text) }

    package static func place(of value: PackageRole) -> String? {
        value.package.origin == .inline
            ? "\(InstanceField.provision.path).\(ProvisionKeys.environment.name)" : nil
    }

    package static func references(_ value: PackageRole) -> [PlacedReference] {
        value.inputs.references { value.package.input($0)?.type.isSecret == true }
    }

    package static func outputs(_ value: PackageRole) -> [RoleOutput] {
        value.package.outputs.map { RoleOutput($0.name, isSecret: $0.isSecret, isStable: $0.isStable) }
    }

    package static func ports(_ value: PackageRole) -> [RolePort] {
        let values = TemplateValues(inputs: value.inputs)
        return value.package.ports.compactMap { claimed in
            guard claimed.condition?.holds(values) != false, let port = claimed.port.port(in: value.inputs)
            else { return nil }
            guard case .input(let name) = claimed.port else { return RolePort(port, claimed.transport, at: "") }
            return RolePort(port, claimed.transport, at: name)
        }
    }

    package static func files(_ value: PackageRole, of role: Name) -> [RoleFile] {
        let values = TemplateValues(inputs: value.inputs, own: [.role: role.text])
        return value.package.files.filter { $0.condition?.holds(values) != false }.compactMap { file in
            file.path(values).map { RoleFile($0) }
        }
    }

    package static func units(_ value: PackageRole, of role: Name) -> [RoleUnit] {
        value.package.services.map { RoleUnit($0.unit, isRunning: $0.isRunning, isEnabled: $0.isEnabled) }
    }
}

extension PackageFile {
    /// Its path in the guest; nil where a value of it is missing, or makes no path of it.
    package func path(_ values: TemplateValues) -> String? {
        guard let bytes = try? path.render(values) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return (try? GuestPath.checkShape(text)) == nil || text.hasPrefix("/var/lib/kvmctl/") ? nil : text
    }
}

extension Kind where Value == PackageRole {
    /// A role of a package.
    static func role(of package: RolePackage) -> Kind {
        let article = "aeiou".contains(package.name.text.prefix(1)) ? "an" : "a"
        let inputs = Kind<[String: InputValue]>.inputs("\(article) \(package.name) role", package.inputs)
        var kind = inputs.map({ PackageRole(package: package, inputs: $0) }, back: { $0.inputs })
        kind.secrets = { inputs.secrets($0.inputs) }
        return kind
    }

    /// A role of whatever package it says; it is only written.
    fileprivate static var ofAnyPackage: Kind {
        var kind = Kind(expected: "a map", schema: .map(.text(pattern: nil))) { value in
            Kind.role(of: value.package).write(value)
        } read: { _, _, _ in
            nil
        }
        kind.secrets = { Kind.role(of: $0.package).secrets($0) }
        return kind
    }
}

extension RolePackage {
    /// The key of a spec that gives a role this package.
    var key: Key<PackageRole> {
        Key(name.text, .role(of: self), summary, example: example)
    }
}
