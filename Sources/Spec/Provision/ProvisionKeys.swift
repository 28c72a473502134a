import YAML

/// The keys of `provision`.
enum ProvisionKeys {
    static let script = Key(
        "script", Kind<String>.path,
        "The file that is run in the guest as root, by `sh` unless its first line says otherwise. It writes outputs to "
            + "its descriptor 3, a line `NAME=VALUE` each.", unset: "none", example: "install.sh")
    static let files = Key(
        "files",
        Kind<[PackageEntry<ProvisionFile>]>.entries(
            "files", of: .provisionFile, names: ProvisionKeys.checkPath),
        "The files that are placed in the guest before, by their paths there.", unset: "none",
        example: "{/etc/app.conf: {source: app.conf}}")
    static let ansible = Key(
        "ansible", Kind<String>.path,
        "The playbook that this machine's `ansible-playbook` runs against the guest, through its node. A change of any "
            + "file in its folder is a change.", unset: "none", example: "ansible/site.yml")
    static let environment = Key(
        "environment", Kind<[String: InputValue]>.environment,
        "The variables that the script or `ansible-playbook` gets: text, secrets as `{env: NAME}`, `{file: PATH}` or "
            + "`{command: [PROGRAM, …]}`, and what other instances have, as in a role's inputs.", unset: "none",
        example: "{TOKEN: {env: TOKEN}, DATABASE: {address: db, network: back}}")
    static let run = Key(
        "run", Kind<Provision.Run>.choice,
        "Whether it is done again where it was changed, or something of it in the guest; with `once` it is done once, and edited files are not repaired either.",
        unset: "`onChange`", example: "once")
    static let timeout = Key(
        "timeout", Kind<Duration>.duration,
        "The time limit; after it everything ends that the script or playbook has started, and what was there before comes "
            + "back.", unset: "`30m`", example: "60m")
    static let outputs = Key(
        "outputs",
        Kind<[PackageEntry<ProvisionOutput>]>.entries(
            "outputs", of: .provisionOutput, names: PackageKeys.checkOutput),
        "What it tells roles of other instances, by `{output: INSTANCE.roles.provision.NAME}`.", unset: "none",
        example: "{joinToken: {secret: true}}")
    static let table = Table(
        "a provision", [script, files, ansible, environment, run, timeout, outputs], principal: script)

    static func checkPath(_ path: String) throws(Complaint) {
        try GuestPath.check(path)
        guard !path.hasPrefix("/var/lib/kvmctl/") else {
            throw Complaint(message: "\(Found.quoted(path)) is in the folder of kvmctl's own records")
        }
    }
}

/// The keys of a file that `provision` places.
enum ProvisionFileKeys {
    static let source = Key("source", Kind<String>.path, "The file that is copied.", unset: "none", example: "app.conf")
    static let template = Key(
        "template", Kind<String>.path,
        "The file that is filled in: `{{NAME}}` is a variable of `environment`, `{{kvmctl.address}}` and the like are "
            + "kvmctl's own values.", unset: "none", example: "app.conf.mustache")
    static let content = Key(
        "content", Kind<String>.text, "Its text, which is filled in as well.", unset: "none",
        example: "\"port = 8080\\n\"")
    static let mode = Key(
        "mode", Kind<String>.fileMode, "Its permissions, in octal digits.",
        unset: "`0644`, and `0600` where a secret is in it", example: "'0640'")
    static let owner = Key(
        "owner", Kind<String>.fileOwner, "Its user and group.", unset: "`root:root`", example: "root:www-data")
    static let check = Key(
        "check", Kind<String>.fileCheck, "The command that looks at it before it takes its place; `%s` is its path.",
        unset: "none", example: "nginx -t -c %s")
    static let table = Table("a file of a provision", [source, template, content, mode, owner, check])
}

extension Kind where Value == ProvisionFile {
    /// A file with what it holds.
    static var provisionFile: Kind {
        .object(
            ProvisionFileKeys.table,
            { file in
                [
                    ProvisionFileKeys.source.written(file.content.source),
                    ProvisionFileKeys.template.written(file.content.template),
                    ProvisionFileKeys.content.written(file.content.text), ProvisionFileKeys.mode.written(file.mode),
                    ProvisionFileKeys.owner.written(file.owner), ProvisionFileKeys.check.written(file.check),
                ]
            }, { ProvisionFile($0) })
    }
}

extension ProvisionFile {
    fileprivate init?(_ reader: MapReader) {
        let context = reader.context
        let keys = [ProvisionFileKeys.source, ProvisionFileKeys.template, ProvisionFileKeys.content]
        let given = keys.filter { reader.has($0) }
        mode = reader.optional(ProvisionFileKeys.mode)
        owner = reader.optional(ProvisionFileKeys.owner) ?? "root:root"
        check = reader.optional(ProvisionFileKeys.check)
        guard given.count == 1, let key = given.first else {
            // A part of a spec may leave it to another one.
            if given.count > 1 || !context.acceptsMissing {
                context.error(
                    reader.mark, "\(reader.path): expected exactly one of source, template and content")
            }
            return nil
        }
        let mark = reader.mark(of: key)
        guard let text = reader.optional(key) else { return nil }
        marks = (mark, reader.mark(of: ProvisionFileKeys.mode))
        if key.name == ProvisionFileKeys.content.name {
            content = .content(text)
            bytes = Array(text.utf8)
        } else {
            content = key.name == ProvisionFileKeys.source.name ? .source(text) : .template(text)
            bytes = context.provisionedFile(text, named: mark, at: "\(reader.path).\(key.name)")
        }
    }
}

extension ProvisionFile.Content {
    fileprivate var source: String? { if case .source(let path) = self { path } else { nil } }
    fileprivate var template: String? { if case .template(let path) = self { path } else { nil } }
    fileprivate var text: String? { if case .content(let text) = self { text } else { nil } }
}

/// The keys of an output of `provision`.
enum ProvisionOutputKeys {
    static let secret = Key(
        "secret", Kind<Bool>.boolean, "Whether nobody may see it.", unset: "`false`", example: "true")
    static let description = Key(
        "description", Kind<String>.text, "What it means.", unset: "none", example: "What workers join with.")
    static let table = Table("an output of a provision", [secret, description])
}

extension Kind where Value == ProvisionOutput {
    static var provisionOutput: Kind {
        .object(
            ProvisionOutputKeys.table,
            { output in
                [
                    ProvisionOutputKeys.secret.written(output.isSecret),
                    ProvisionOutputKeys.description.written(output.summary.isEmpty ? nil : output.summary),
                ]
            },
            { reader in
                ProvisionOutput(
                    isSecret: reader.optional(ProvisionOutputKeys.secret) ?? false,
                    summary: reader.optional(ProvisionOutputKeys.description) ?? "")
            })
    }
}
