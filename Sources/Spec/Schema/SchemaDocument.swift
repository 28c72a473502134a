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
    private var definitions: [String: JSONValue] = [:]

    init(roles: RoleLanguages) {
        self.roles = roles
    }

    mutating func text(of table: Table) -> String {
        var entries: [(key: String, value: JSONValue)] = [
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            ("title", .text("kvmctl/v1")),
            ("description", .text("A spec file of kvmctl.")),
        ]
        entries += object(table)
        let sorted = definitions.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
        entries.append(("$defs", .object(sorted)))
        return JSONValue.object(entries).text() + "\n"
    }

    private mutating func object(_ table: Table, isOpen: Bool = false) -> [(key: String, value: JSONValue)] {
        let properties = table.keys.map { key in
            var schema = value(key.schema, in: table)
            if table.acceptsNull { schema = .either([schema, .type("null")]) }
            return (key: key.name, value: schema.described(as: plainText(of: key)))
        }
        var entries: [(key: String, value: JSONValue)] = [
            ("type", .text("object")), ("properties", .object(properties)),
        ]
        if table.ignoresExtensions { entries.append(("patternProperties", .object([("^x-", .boolean(true))]))) }
        if !table.required.isEmpty { entries.append(("required", .array(table.required.map { .text($0.name) }))) }
        entries.append(("additionalProperties", .boolean(isOpen)))
        return entries
    }

    private mutating func value(_ schema: Schema, in table: Table) -> JSONValue {
        switch schema {
        case .text(let pattern):
            guard let pattern else { return .type("string") }
            return .object([("type", .text("string")), ("pattern", .text("\(pattern)|\\$\\{"))])
        case .integer(let range):
            return .orVariable([
                ("type", .text("integer")), ("minimum", .integer(range.lowerBound)),
                ("maximum", .integer(range.upperBound)),
            ])
        case .number(let limit):
            return .orVariable([
                ("type", .text("number")), ("exclusiveMinimum", .integer(0)), ("maximum", .integer(Int(limit))),
            ])
        case .boolean:
            return .orVariable([("type", .text("boolean"))])
        case .choice(let words):
            return .orVariable([("enum", .array(words.map(JSONValue.text)))])
        case .list(let item):
            return .object([("type", .text("array")), ("items", value(item, in: table))])
        case .map(let item):
            let named = value(item, in: table)
            let items = table.acceptsNull ? .either([named, .type("null")]) : named
            return .object([("type", .array([.text("object"), .text("null")])), ("additionalProperties", items)])
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

    private mutating func reference(to table: Table, isOpen: Bool = false) -> JSONValue {
        let name = table.noun.split(separator: " ").dropFirst().joined(separator: "-")
        if definitions[name] == nil {
            definitions[name] = .object([])
            definitions[name] = .object(object(table, isOpen: isOpen))
        }
        return .object([("$ref", .text("#/$defs/\(name)"))])
    }
}

/// What an editor shows of a key: its meaning and default, without Markdown.
private func plainText(of key: any KeyDescription) -> String {
    let text = key.summary + (key.unset.map { " Default: \($0)." } ?? "")
    return String(text.filter { $0 != "`" })
}

extension JSONValue {
    fileprivate static func type(_ name: String) -> JSONValue {
        .object([("type", .text(name))])
    }

    fileprivate static func either(_ values: [JSONValue]) -> JSONValue {
        .object([("anyOf", .array(values))])
    }

    /// What is described, or text with a variable in it.
    fileprivate static func orVariable(_ entries: [(key: String, value: JSONValue)]) -> JSONValue {
        .either([.object(entries), .object([("type", .text("string")), ("pattern", .text("\\$\\{"))])])
    }

    fileprivate func described(as summary: String) -> JSONValue {
        guard case .object(let entries) = self else { return self }
        return .object([(key: "description", value: .text(summary))] + entries)
    }
}
