import YAML

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
                    context.error(node.mark, "\(path): this is a private key; write the public key here")
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
                    remedy: "save its content in a file and name that file, or write the keys themselves")
                return nil
            }
            guard PublicKey.isMeant(by: text) else { return .file(SpecPath.resolve(text, in: node.mark.file)) }
            let lines = text.split(whereSeparator: \.isNewline).map(\.trimmingBlanks).filter { !$0.isEmpty }
            guard lines.count == 1 else {
                context.error(
                    node.mark, "\(path): expected one key on one line, found \(lines.count) lines",
                    remedy: "write each key as its own item, or put them into a file and name it")
                return nil
            }
            guard let key = PublicKey(lines[0]) else {
                context.error(
                    node.mark, "\(path): this is not a public key: expected its type and base64 text on one line",
                    remedy: "copy the whole line of a .pub file, or name the file")
                return nil
            }
            return .text(key.line)
        }
    }
}
