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
        .object(AccessKeys.table) { reader in
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
        return Kind(expected: expected, schema: .text(pattern: nil)) { node, path, context in
            guard let text = context.text(node, path: path, expected: expected) else { return nil }
            if text.contains("PRIVATE KEY") {
                context.confidentially {
                    context.error(node.mark, "\(path): this is a private key; only public keys belong here")
                }
                return nil
            }
            let words = text.split(separator: " ")
            guard let type = words.first else {
                context.error(node.mark, "\(path): expected \(expected), found empty text")
                return nil
            }
            if text.contains("://") || ["gh:", "gl:", "lp:"].contains(where: text.hasPrefix) {
                context.error(
                    node.mark, "\(path): expected \(expected), found the address \(Found.quoted(text))",
                    remedy: "save what it gives in a file and name that, or write the keys themselves")
                return nil
            }
            guard words.count > 1, ["ssh-", "ecdsa-", "sk-"].contains(where: type.hasPrefix) else {
                return .file(SpecPath.resolve(text, in: node.mark.file))
            }
            let isLine = !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
            guard isLine, words[1].hasPrefix("AAAA") else {
                context.error(
                    node.mark, "\(path): this is no public key: expected its type and its base64 text on one line")
                return nil
            }
            return .text(text)
        }
    }
}
