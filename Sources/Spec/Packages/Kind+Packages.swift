import YAML

extension Kind where Value == Template {
    /// Text that is filled in.
    static var template: Kind {
        Kind(expected: "text", schema: .text(pattern: nil), write: { _ in .text("") }) { node, path, context in
            guard let text = context.text(node, path: path, expected: "text", isAnyText: true) else { return nil }
            do throws(TemplateErrors) {
                return try Template(
                    Array(text.utf8), in: .value(node.mark, isPlain: node.scalar?.style == .plain, path: path))
            } catch {
                for diagnostic in error.diagnostics { context.add(diagnostic) }
                return nil
            }
        }
    }
}

extension Kind where Value == PortValue {
    /// A port, or the input that says it.
    static var portValue: Kind {
        let expected = "a port or {{INPUT}}"
        let number = Kind<Int>.integer(1...65_535, "a port")
        let schema = Schema.either([number.schema, .text(pattern: nil)])
        return Kind(expected: expected, schema: schema, write: { _ in .text("") }) {
            node, path, context in
            guard let scalar = context.scalar(node, path: path, expected: expected) else { return nil }
            switch scalar.value {
            case .int(let port) where (1...65_535).contains(port):
                return .number(port)
            case .text(let text) where text.hasPrefix("{{") && text.hasSuffix("}}") && text.utf8.count > 4:
                let name = String(text.dropFirst(2).dropLast(2)).trimmingBlanks
                guard TemplateName.isName(name), name != "." else { break }
                return .input(name)
            default:
                break
            }
            let isQuoted = scalar.style != .plain && Int(scalar.text).map((1...65_535).contains) == true
            context.mismatch(node, path: path, expected: expected, remedy: isQuoted ? "remove the quotes" : nil)
            return nil
        }
    }
}

extension Kind where Value == String {
    /// A command that looks at a file.
    static var fileCheck: Kind {
        .parsed("a command with %s for the new file's path") { text throws(Complaint) in
            guard text.contains("%s"), text.utf8.count <= 1_000, !text.contains(where: \.isNewline) else {
                throw Complaint()
            }
            return text
        }
    }

    /// What a distribution calls a package of its own.
    static var systemPackage: Kind {
        .parsed("a package's name", pattern: "^[A-Za-z0-9][A-Za-z0-9+._-]*$") { text throws(Complaint) in
            guard let first = text.unicodeScalars.first, first.isAlphanumeric, text.utf8.count <= 200,
                text.unicodeScalars.allSatisfy({ $0.isAlphanumeric || "+._-".unicodeScalars.contains($0) })
            else { throw Complaint() }
            return text
        }
    }
}

extension Kind where Value == [GuestFamily: [String]] {
    /// System packages by the family of distributions.
    static var systemPackages: Kind {
        let keys = GuestFamily.allCases.map { family in
            Key(
                family.rawValue, Kind<[String]>.list(of: .systemPackage, "packages"), "Those of this family.",
                unset: "the role does not fit it", example: "[haproxy]")
        }
        return .reading(Table("a role's packages", keys)) { reader in
            var packages: [GuestFamily: [String]] = [:]
            for (family, key) in zip(GuestFamily.allCases, keys) { packages[family] = reader.optional(key) }
            return packages
        }
    }
}
