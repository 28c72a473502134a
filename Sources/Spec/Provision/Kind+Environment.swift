import YAML

extension Kind where Value == [String: InputValue] {
    /// Variables of an environment, by their names.
    static var environment: Kind {
        .map("variables", of: .variable) { name throws(Complaint) in
            guard !name.lowercased().hasPrefix(InputDeclaration.reserved) else {
                throw Complaint(message: "\(Found.quoted(name)) is reserved for kvmctl's own values")
            }
            guard !ProvisionScript.shellsOwn.contains(name) else {
                throw Complaint(
                    message: "\(Found.quoted(name)) is a variable of the shell itself", remedy: "choose another name")
            }
            guard VariableText.isName(name), !name.contains("-"), name.utf8.count <= 200 else {
                throw Complaint(
                    message: "\(Found.quoted(name)) cannot be a variable's name",
                    remedy: "use letters, digits and _, starting with no digit")
            }
        }
    }
}

extension Kind where Value == InputValue {
    /// The value of a variable: text, or what stands for one.
    fileprivate static var variable: Kind {
        let expected =
            "text, {env: NAME}, {file: PATH}, {command: [PROGRAM, …]}, {output: …}, {address: …} or {members: …}"
        let secret = Kind<Secret>.secret(.anything, expected: expected)
        let schema = Schema.either(
            [.text(pattern: nil), .integer(Int.min...Int.max), .boolean, secret.schema]
                + ReferenceForm.allCases.map { .object($0.table) })
        var kind = Kind(expected: expected, schema: schema, write: \.written) { node, path, context in
            guard let mapping = node.mapping else { return text(node, path, expected, context) }
            if let form = ReferenceForm.meant(by: mapping), !names(SecretKeys.table, mapping) {
                return RoleReference.read(node, form, for: form.inputType, path: path, context: context)
                    .map { .reference($0) }
            }
            return secret.read(node, path, context).map { .secret($0) }
        }
        kind.secrets = \.fieldSecrets
        return kind
    }

    private static func names(_ table: Table, _ mapping: Mapping) -> Bool {
        mapping.entries.contains { entry in table.keys.contains { $0.name == entry.key } }
    }

    /// A number or a boolean is the text as it is written: an environment has nothing else.
    private static func text(
        _ node: YAML.Node, _ path: String, _ expected: String, _ context: DecodingContext
    ) -> InputValue? {
        guard let scalar = context.scalar(node, path: path, expected: expected) else { return nil }
        if case .null = scalar.value {
            context.mismatch(node, path: path, expected: expected)
            return nil
        }
        guard !scalar.text.utf8.contains(0) else {
            context.error(node.mark, "\(path): no variable can hold a NUL")
            return nil
        }
        return .text(scalar.text)
    }
}

extension ReferenceForm {
    /// The type of an input that takes such a reference, whatever it refers to.
    fileprivate var inputType: InputType {
        switch self {
        case .members: .members
        case .address: .address
        case .output: .secret
        }
    }
}

extension InputValue {
    /// The type of the input that a variable is.
    var variableType: InputType {
        switch self {
        case .secret, .reference(.output): .secret
        case .reference(.address): .address
        case .reference(.members), .members: .members
        case .text, .integer, .boolean, .list, .map: .text
        }
    }
}
