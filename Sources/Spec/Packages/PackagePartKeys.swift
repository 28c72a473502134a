import YAML

/// The keys of a file that a package places.
enum PackageFileKeys {
    static let template = Key(
        "template", Kind<Marked<String>>.marked(.text), "The file of the package that is filled in.",
        example: "app.conf.mustache")
    static let source = Key(
        "source", Kind<Marked<String>>.marked(.text), "The file of the package that is copied.", example: "logo.png")
    static let content = Key(
        "content", Kind<Template>.template, "Its text, which is filled in.", example: "\"port = {{port}}\\n\"")
    static let absent = Key(
        "absent", Kind<Marked<Bool>>.marked(.boolean), "`true`: there is to be no such file.", example: "true")
    static let mode = Key(
        "mode", Kind<Marked<String>>.marked(.fileMode), "Its permissions, in octal digits.",
        unset: "`0644`, and `0600` where a secret is in it", example: "'0640'")
    static let owner = Key(
        "owner", Kind<String>.fileOwner, "Its user and group.", unset: "`root:root`", example: "root:www-data")
    static let check = Key(
        "check", Kind<String>.fileCheck, "The command that looks at it before it takes its place; `%s` is its path.",
        unset: "none", example: "haproxy -c -f %s")
    static let when = Key(
        "when", Kind<Marked<String>>.marked(.text), "An input: the file is placed where that is set and true.",
        unset: "always", example: "tls")
    static let table = Table("a role's file", [template, source, content, absent, mode, owner, check, when])
}

extension Kind where Value == FileFields {
    /// A file that a package places.
    static var fileFields: Kind {
        .reading(PackageFileKeys.table) { reader in
            let given = [
                reader.has(PackageFileKeys.template), reader.has(PackageFileKeys.source),
                reader.has(PackageFileKeys.content), reader.has(PackageFileKeys.absent),
            ]
            return FileFields(
                mark: reader.mark, sourceCount: given.count { $0 }, template: reader.optional(PackageFileKeys.template),
                source: reader.optional(PackageFileKeys.source), content: reader.optional(PackageFileKeys.content),
                absent: reader.optional(PackageFileKeys.absent), mode: reader.optional(PackageFileKeys.mode),
                owner: reader.optional(PackageFileKeys.owner) ?? "root:root",
                check: reader.optional(PackageFileKeys.check), condition: reader.optional(PackageFileKeys.when))
        }
    }
}

/// The keys of a service that a package runs.
enum PackageServiceKeys {
    static let onChange = Key(
        "onChange", Kind<Marked<PackageService.ChangeAction>>.marked(.choice),
        "What is done where one of its files has changed.", unset: "`restart`", example: "reload")
    static let files = Key(
        "files", Kind<[Marked<String>]>.list(of: .marked(.text), "files"), "The files that it reads.",
        unset: "all", example: "[/etc/app.conf]")
    static let run = Key(
        "run", Kind<Bool>.boolean, "Whether it runs; `false` keeps a distribution's own service down.",
        unset: "`true`", example: "false")
    static let enable = Key(
        "enable", Kind<Bool>.boolean, "Whether it starts with the guest.", unset: "as `run`", example: "false")
    static let table = Table("a role's service", [onChange, files, run, enable])
}

extension Kind where Value == ServiceFields {
    /// A service that a package runs.
    static var serviceFields: Kind {
        .reading(PackageServiceKeys.table) { reader in
            let isRunning = reader.optional(PackageServiceKeys.run) ?? true
            return ServiceFields(
                onChange: reader.optional(PackageServiceKeys.onChange),
                files: reader.optional(PackageServiceKeys.files), isRunning: isRunning,
                isEnabled: reader.optional(PackageServiceKeys.enable) ?? isRunning)
        }
    }
}

/// The keys of a port on which a package listens.
enum PackagePortKeys {
    static let port = Key(
        "port", Kind<Marked<PortValue>>.marked(.portValue), "The port, or the input that says it.", example: "80")
    static let transport = Key(
        "protocol", Kind<PackagePort.Transport>.choice, "How packets come to it.", unset: "`tcp`", example: "udp")
    static let when = Key(
        "when", Kind<Marked<String>>.marked(.text), "An input: the port is open where that is set and true.",
        unset: "always", example: "tls")
    static let table = Table("a role's port", [port, transport, when], required: [port])
}

extension Kind where Value == PortFields {
    /// A port on which a package listens.
    static var portFields: Kind {
        .reading(PackagePortKeys.table) { reader in
            let port = reader.required(PackagePortKeys.port)
            let transport = reader.optional(PackagePortKeys.transport) ?? .tcp
            let condition = reader.optional(PackagePortKeys.when)
            return port.map { PortFields(port: $0, transport: transport, condition: condition) }
        }
    }
}

/// The keys of what a role tells others.
enum PackageOutputKeys {
    static let secret = Key(
        "secret", Kind<Bool>.boolean, "Whether nobody may see it.", unset: "`false`", example: "true")
    static let value = Key(
        "value", Kind<Template>.template, "What it is; required unless `apply` writes it.",
        example: "\"http://{{kvmctl.address}}:{{port}}/\"")
    static let stable = Key(
        "stable", Kind<Bool>.boolean,
        "Whether it stays the same where only the members of the role's lists change, so that nothing changes for those that "
            + "refer to it.", unset: "`false`", example: "true")
    static let description = Key(
        "description", Kind<String>.text, "What it means.", unset: "none", example: "Where the page is.")
    static let table = Table("an output", [secret, value, stable, description])
}

extension Kind where Value == OutputFields {
    /// What a role tells others.
    static var outputFields: Kind {
        .reading(PackageOutputKeys.table) { reader in
            OutputFields(
                isSecret: reader.optional(PackageOutputKeys.secret) ?? false,
                isStable: reader.optional(PackageOutputKeys.stable) ?? false,
                value: reader.optional(PackageOutputKeys.value),
                summary: reader.optional(PackageOutputKeys.description) ?? "")
        }
    }
}
