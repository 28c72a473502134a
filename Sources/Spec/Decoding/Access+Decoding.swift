import YAML

/// The keys of who may log in.
enum AccessKeys {
    static let user = Key(
        "user", Kind<String>.userName, "The user that is made, with sudo.", unset: "the image's own", example: "debian")
    static let sshKeys = Key(
        "sshKeys", Kind<[Access.Key]>.list(of: .sshKey, "public keys"),
        "Public keys that may log in: files, or their one line of text.", unset: "none", example: "[keys/ops.pub]")
    static let rootPassword = Key(
        "rootPassword", Kind<Secret>.secret,
        "Where root's password comes from; it is hashed, and the text never stands in the spec.",
        unset: "as the image has it", example: "{env: ROOT_PASSWORD}")
    static let table = Table("an access", [user, sshKeys, rootPassword])
}

extension Kind where Value == Access {
    /// Who may log in.
    static var access: Kind {
        .object(
            AccessKeys.table,
            { access in
                [
                    AccessKeys.user.written(access.user), AccessKeys.sshKeys.writtenUnlessEmpty(access.sshKeys),
                    AccessKeys.rootPassword.written(access.rootPassword),
                ]
            }
        ) { reader in
            var access = Access()
            access.user = reader.optional(AccessKeys.user)
            access.sshKeys = reader.optional(AccessKeys.sshKeys) ?? []
            access.rootPassword = reader.optional(AccessKeys.rootPassword)
            return access
        }
    }
}

extension Kind where Value == Access.Key {
    /// A public key's file or text; a private key is refused without being repeated.
    static var sshKey: Kind {
        let expected = "a public key or its file"
        let write: @Sendable (Access.Key) -> YAML.Node = { key in
            switch key {
            case .file(let path): .expandable(path)
            case .text(let line): .expandable(line)
            }
        }
        return Kind(expected: expected, schema: .text(pattern: nil), write: write) { node, path, context in
            guard let text = context.text(node, path: path, expected: expected) else { return nil }
            if text.contains("PRIVATE KEY") {
                context.confidentially {
                    context.error(node.mark, "\(path): this is a private key; only public keys belong here")
                }
                return nil
            }
            guard !text.trimmingBlanks.isEmpty else {
                context.error(node.mark, "\(path): expected \(expected), found empty text")
                return nil
            }
            if text.contains("://") || ["gh:", "gl:", "lp:"].contains(where: text.hasPrefix) {
                context.error(
                    node.mark, "\(path): expected \(expected), found the address \(Found.quoted(text))",
                    remedy: "save what it gives in a file and name that, or write the keys themselves")
                return nil
            }
            guard PublicKey.isMeant(by: text) else { return .file(SpecPath.resolve(text, in: node.mark.file)) }
            let lines = text.split(whereSeparator: \.isNewline).map(\.trimmingBlanks).filter { !$0.isEmpty }
            guard lines.count == 1 else {
                context.error(
                    node.mark, "\(path): these are \(lines.count) lines, and a key is one",
                    remedy: "write each key as an item of its own, or put them into a file and name it")
                return nil
            }
            guard let key = PublicKey(lines[0]) else {
                context.error(
                    node.mark, "\(path): this is no public key: expected its type and its base64 text on one line",
                    remedy: "copy the whole line of a .pub file, or name the file")
                return nil
            }
            return .text(key.line)
        }
    }
}
