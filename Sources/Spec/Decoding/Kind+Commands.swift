import YAML

extension Kind where Value == String {
    /// A line for a shell, in which `$` is the shell's.
    package static var commandLine: Kind {
        Kind(expected: "a command", schema: .text(pattern: nil), write: { .text($0) }) { node, path, context in
            guard let scalar = node.scalar, case .text(let text) = scalar.value, !text.isEmpty,
                text.utf8.count <= 4_000,
                !text.unicodeScalars.contains(where: { $0.value == 0 })
            else {
                context.mismatch(node, path: path, expected: "a command")
                return nil
            }
            return text
        }
    }
}
