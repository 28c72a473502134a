extension Kind where Value == [String: InputValue] {
    /// What a spec gives to the inputs of a package, with the defaults of those that it leaves out.
    ///
    /// - Parameter noun: what the map describes, with its article, such as `a load-balancer role`.
    package static func inputs(_ noun: String, _ declarations: [InputDeclaration]) -> Kind {
        let inputs = declarations.map { (declaration: $0, key: $0.key) }
        // A role may be written in parts, so that no part must have every key.
        let table = Table(noun, inputs.map { $0.key })
        var kind = Kind.object(table, { values in inputs.map { $0.key.written(values[$0.declaration.name]) } }) {
            reader in
            var values: [String: InputValue] = [:]
            var isComplete = true
            for (declaration, key) in inputs {
                let value = declaration.isRequired ? reader.required(key) : reader.optional(key)
                if value == nil, declaration.isRequired { isComplete = false }
                values[declaration.name] = value ?? declaration.defaultValue
            }
            return isComplete ? values : nil
        }
        kind.secrets = { values in
            values.sorted { $0.key < $1.key }.flatMap { name, value in value.fieldSecrets.map { $0.below(name) } }
        }
        return kind
    }
}

extension InputDeclaration {
    /// The key of a spec that gives it.
    var key: Key<InputValue> {
        Key(
            name, .input(type), summary, unset: isRequired ? nil : defaultValue.map { "`\($0.oneLine)`" } ?? "none",
            example: example)
    }
}
