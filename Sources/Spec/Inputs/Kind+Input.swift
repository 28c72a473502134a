import YAML

extension Kind where Value == InputValue {
    /// A value of an input's type, or a reference to what other instances have.
    ///
    /// - Parameter isLiteral: whether only values can stand there, as in a package's own defaults.
    static func input(_ type: InputType, isLiteral: Bool = false) -> Kind {
        var kind =
            switch type {
            case .members: members(isLiteral: isLiteral)
            case .list(let item): list(of: item, isLiteral: isLiteral)
            case .map(let item): map(of: item, isLiteral: isLiteral)
            default: isLiteral ? literal(type) : referring(type)
            }
        kind.secrets = \.fieldSecrets
        return kind
    }

    /// A simple value, or what stands for one.
    private static func referring(_ type: InputType) -> Kind {
        let literal = Self.literal(type)
        let tables = ReferenceForm.taken(by: type).map { Schema.object($0.table) }
        return Kind(expected: literal.expected, schema: .either([literal.schema] + tables), write: \.written) {
            node, path, context in
            guard let mapping = node.mapping, type != .secret || !SecretKeys.isMeant(by: mapping),
                let form = ReferenceForm.meant(by: mapping)
            else { return literal.read(node, path, context) }
            return RoleReference.read(node, form, for: type, path: path, context: context)
                .map { .reference($0) }
        }
    }

    private static func literal(_ type: InputType) -> Kind {
        switch type {
        case .boolean: Kind<Bool>.boolean.asInput { .boolean($0) }
        case .port: Kind<Int>.integer(1...65_535, "a port").asInput { .integer($0) }
        case .integer(let range): Kind<Int>.integer(range).asInput { .integer($0) }
        case .address: Kind<IPv4Address>.address.asInput { .text($0.description) }
        case .cidr: Kind<CIDR>.anyNetwork.asInput { .text($0.description) }
        case .size:
            Kind<Size>.size(Size(bytes: 0)...Size(bytes: UInt64(Int64.max))).asInput { .text($0.description) }
        case .duration: Kind<Duration>.duration.asInput { .text($0.specText) }
        case .path: Kind<String>.guestPath.asInput { .text($0) }
        case .url: Kind<String>.webAddress.asInput { .text($0) }
        case .choice(let words):
            Kind<String>.choice(of: words, { words.contains($0) ? $0 : nil }, word: \.self).asInput { .text($0) }
        case .secret:
            Kind<Secret>.secret(
                .anything, expected: "{env: NAME}, {file: PATH}, {command: [PROGRAM, …]} or {output: …}"
            ).asInput { .secret($0) }
        // Those that are several are read elsewhere.
        case .text, .members, .list, .map: Kind<String>.text.asInput { .text($0) }
        }
    }

    /// Several values of a simple type; each is on record by its number from 1.
    private static func list(of type: InputType, isLiteral: Bool) -> Kind {
        let item = input(type, isLiteral: isLiteral)
        let expected = "a list of \(type.noun)"
        return Kind(expected: expected, schema: .list(item.schema), write: \.written) { node, path, context in
            if case .invalid = node.content { return nil }
            guard let nodes = node.sequence else {
                // What stands in the place of secrets may be one.
                guard type != .secret || node.scalar == nil else { return item.read(node, path, context) }
                let text = node.scalar.map { Found.shortened($0.text) }.flatMap { $0.isEmpty ? nil : $0 }
                context.mismatch(node, path: path, expected: expected, remedy: text.map { "write [\($0)]" })
                return nil
            }
            return .list(
                nodes.enumerated().compactMap { index, node in
                    let inner = "\(path).\(index + 1)"
                    context.record(inner, at: node.mark)
                    return item.read(node, inner, context)
                })
        }
    }

    /// Several values of a simple type by names of people's own.
    private static func map(of type: InputType, isLiteral: Bool) -> Kind {
        let item = input(type, isLiteral: isLiteral)
        let values = Kind<[String: InputValue]>.map(type.noun, of: item) { key throws(Complaint) in
            guard !key.isEmpty, key.utf8.count <= 200, !key.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
                throw Complaint(remedy: "use up to 200 characters, and no line breaks")
            }
        }
        return Kind(expected: values.expected, schema: values.schema, write: \.written) { node, path, context in
            // What stands in the place of secrets may be one.
            guard type != .secret || node.scalar == nil else { return item.read(node, path, context) }
            return values.read(node, path, context).map { .map($0) }
        }
    }
}

extension Kind {
    /// The same, read as the value of an input.
    func asInput(_ make: @escaping @Sendable (Value) -> InputValue) -> Kind<InputValue> {
        let read = read
        return Kind<InputValue>(expected: expected, schema: schema, write: \.written) { node, path, context in
            read(node, path, context).map(make)
        }
    }
}

extension SecretKeys {
    /// Whether a map names a secret's source.
    fileprivate static func isMeant(by mapping: Mapping) -> Bool {
        mapping.entries.contains { entry in table.keys.contains { $0.name == entry.key } }
    }
}

extension InputType {
    /// Several of it, for messages.
    fileprivate var noun: String {
        switch self {
        case .text: "texts"
        case .boolean: "booleans"
        case .integer: "numbers"
        case .address: "addresses"
        case .cidr: "networks"
        case .duration: "times"
        case .choice: "words"
        case .url: "URLs"
        case .port, .size, .path, .secret: "\(word.rawValue)s"
        case .members, .list, .map: word.rawValue
        }
    }
}
