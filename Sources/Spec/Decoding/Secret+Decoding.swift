import YAML

/// The keys of a secret's reference.
enum SecretKeys {
    static let env = Key(
        "env", Kind<String>.environmentName, "The environment variable that holds it.", example: "ROOT_PASSWORD")
    static let file = Key("file", Kind<String>.path, "The file that holds it.", example: "secrets/root")
    static let command = Key(
        "command", Kind<[String]>.list(of: .text, "words"), "The program, with its arguments, that prints it.",
        example: "[pass, show, lab/root]")
    static let table = Table("a secret", [env, file, command], isAlternative: true)
}

extension Kind where Value == Secret {
    /// A reference to a secret; text is refused without being repeated, since it may be the secret itself.
    static var secret: Kind { secret(.anything) }

    /// A reference to a secret of which the content is known to be of a kind.
    package static func secret(_ content: SecretContent) -> Kind {
        secret(content, expected: "{env: NAME}, {file: PATH} or {command: [PROGRAM, …]}")
    }

    /// The same where something else may stand as well, which `expected` says.
    static func secret(_ content: SecretContent, expected: String) -> Kind {
        let write: @Sendable (Secret) -> YAML.Node = { secret in
            SecretKeys.table.node([
                SecretKeys.env.written(secret.environmentName), SecretKeys.file.written(secret.path),
                SecretKeys.command.written(secret.words),
            ])
        }
        var kind = Kind(expected: expected, schema: .object(SecretKeys.table), write: write) { node, path, context in
            context.confidentially { Secret(node, path: path, expected: expected, context: context) }
        }
        kind.secrets = { [FieldSecret(path: "", secret: $0, content: content)] }
        return kind
    }
}

extension Kind where Value == String {
    /// The name of an environment variable; what is none is not repeated, since it may be the secret itself.
    static var environmentName: Kind {
        let expected = "the name of an environment variable"
        return Kind(
            expected: expected, schema: .text(pattern: "^[A-Za-z_][A-Za-z0-9_]*$"), write: { .text($0) }
        ) { node, path, context in
            guard let scalar = context.scalar(node, path: path, expected: expected) else { return nil }
            let isName = VariableText.isName(scalar.text) && !scalar.text.contains("-") && scalar.text.utf8.count <= 200
            guard isName else {
                context.error(node.mark, "\(path): expected \(expected): letters, digits and _, starting with no digit")
                return nil
            }
            return scalar.text
        }
    }

    /// A path on this machine, relative to the file it stands in.
    package static var path: Kind {
        Kind(expected: "a path", schema: .text(pattern: nil), write: { .expandable($0) }) { node, path, context in
            Kind.text.read(node, path, context).map { SpecPath.resolve($0, in: node.mark.file) }
        }
    }

    /// An absolute path on a node.
    package static var absolutePath: Kind {
        .parsed("an absolute path", pattern: "^/") { text throws(Complaint) in
            guard text.hasPrefix("/"), !text.split(separator: "/").contains("..") else { throw Complaint() }
            return SpecPath.clean(text)
        }
    }
}

extension Secret {
    fileprivate var environmentName: String? { if case .environment(let name) = self { name } else { nil } }
    fileprivate var path: String? { if case .file(let path) = self { path } else { nil } }
    fileprivate var words: [String]? { if case .command(let words) = self { words } else { nil } }

    /// Reads a reference to a secret.
    fileprivate init?(_ node: YAML.Node, path: String, expected: String, context: DecodingContext) {
        if node.scalar != nil {
            context.error(
                node.mark, "\(path): a secret must not be written in the spec itself", remedy: "write \(expected)")
            return nil
        }
        guard let reader = MapReader(node, table: SecretKeys.table, path: path, context: context) else {
            return nil
        }
        guard reader.mapping.entries.count == 1 else {
            context.error(node.mark, "\(path): expected exactly one of env, file and command")
            return nil
        }
        if let name = reader.optional(SecretKeys.env) {
            self = .environment(name)
        } else if let file = reader.optional(SecretKeys.file) {
            self = .file(file)
        } else {
            guard let words = reader.optional(SecretKeys.command) else { return nil }
            guard !words.isEmpty else {
                context.error(node.mark, "\(path).command: expected a program, found an empty list")
                return nil
            }
            self = .command(words)
        }
    }
}
