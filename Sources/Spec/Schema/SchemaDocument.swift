import Formats

/// The JSON Schema of a spec file, for editors that complete and check YAML while it is written.
///
/// Made of the same tables that the decoder reads by, so it knows each key that the decoder knows, and no other. It
/// accepts `${variable}` wherever the decoder puts one in.
package func jsonSchema(_ roles: RoleLanguages) -> String {
    var document = SchemaDocument(roles: roles)
    return document.text(of: FileKeys.table)
}

/// Gathers the definitions that a schema refers to.
private struct SchemaDocument {
    let roles: RoleLanguages
    private var definitions: [String: StructuredValue] = [:]

    init(roles: RoleLanguages) {
        self.roles = roles
    }

    mutating func text(of table: Table) -> String {
        var entries: [StructuredValue.Entry] = [
            .init("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            .init("title", .text("kvmctl/v1")),
            .init("description", .text("A spec file of kvmctl.")),
        ]
        entries += object(table)
        let sorted = definitions.sorted { $0.key < $1.key }.map { StructuredValue.Entry($0.key, $0.value) }
        entries.append(.init("$defs", .object(sorted)))
        return StructuredValue.object(entries).compactJSON
    }

    private mutating func object(_ table: Table, isOpen: Bool = false) -> [StructuredValue.Entry] {
        let properties = table.keys.map { key in
            var schema = value(key.schema, in: table)
            if table.acceptsNull { schema = .either([schema, .type("null")]) }
            return StructuredValue.Entry(key.name, schema.described(as: plainText(of: key)))
        }
        var entries: [StructuredValue.Entry] = [
            .init("type", .text("object")), .init("properties", .object(properties)),
        ]
        if table.ignoresExtensions {
            entries.append(.init("patternProperties", .object([.init("^x-", .boolean(true))])))
        }
        if !table.required.isEmpty { entries.append(.init("required", .list(table.required.map { .text($0.name) }))) }
        entries.append(.init("additionalProperties", .boolean(isOpen)))
        return entries
    }

    private mutating func value(_ schema: Schema, in table: Table) -> StructuredValue {
        switch schema {
        case .text(let pattern):
            guard let pattern else { return .type("string") }
            return .object([.init("type", .text("string")), .init("pattern", .text("\(pattern)|\\$\\{"))])
        case .integer(let range):
            return .orVariable([
                .init("type", .text("integer")), .init("minimum", .count(range.lowerBound)),
                .init("maximum", .count(range.upperBound)),
            ])
        case .number(let limit):
            return .orVariable([
                .init("type", .text("number")), .init("exclusiveMinimum", .integer(0)),
                .init("maximum", .count(Int(limit))),
            ])
        case .boolean:
            return .orVariable([.init("type", .text("boolean"))])
        case .choice(let words):
            return .orVariable([.init("enum", .list(words.map(StructuredValue.text)))])
        case .list(let item):
            return .object([.init("type", .text("array")), .init("items", value(item, in: table))])
        case .map(let item):
            let named = value(item, in: table)
            let items = table.acceptsNull ? .either([named, .type("null")]) : named
            return .object([
                .init("type", .list([.text("object"), .text("null")])), .init("additionalProperties", items),
            ])
        case .object(let inner):
            return reference(to: inner)
        case .role:
            return reference(to: roles.table)
        case .either(let schemas):
            return .either(schemas.map { value($0, in: table) })
        case .open(let inner):
            return reference(to: inner, isOpen: true)
        }
    }

    private mutating func reference(to table: Table, isOpen: Bool = false) -> StructuredValue {
        let name = table.noun.split(separator: " ").dropFirst().joined(separator: "-")
        if definitions[name] == nil {
            definitions[name] = .object([])
            definitions[name] = .object(object(table, isOpen: isOpen))
        }
        return .object([.init("$ref", .text("#/$defs/\(name)"))])
    }
}

/// What an editor shows of a key: its meaning and default, without Markdown.
private func plainText(of key: any KeyDescription) -> String {
    let text = key.summary + (key.unset.map { " Default: \($0)." } ?? "")
    return String(text.filter { $0 != "`" })
}

extension StructuredValue {
    fileprivate static func type(_ name: String) -> StructuredValue {
        .object([.init("type", .text(name))])
    }

    fileprivate static func either(_ values: [StructuredValue]) -> StructuredValue {
        .object([.init("anyOf", .list(values))])
    }

    /// What is described, or text with a variable in it.
    fileprivate static func orVariable(_ entries: [StructuredValue.Entry]) -> StructuredValue {
        .either([.object(entries), .object([.init("type", .text("string")), .init("pattern", .text("\\$\\{"))])])
    }

    fileprivate func described(as summary: String) -> StructuredValue {
        guard case .object(let entries) = self else { return self }
        return .object([.init("description", .text(summary))] + entries)
    }
}
