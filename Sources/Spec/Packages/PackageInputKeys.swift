import YAML

/// The keys of an input that a package declares.
enum PackageInputKeys {
    static let type = Key("type", Kind<InputType.Word>.choice, "What it may be.", example: "port")
    static let required = Key(
        "required", Kind<Bool>.boolean, "Whether a spec must give it.", unset: "`false`", example: "true")
    static let `default` = Key(
        "default", Kind<YAML.Node>.anything, "What holds where a spec does not give it.", unset: "it is unset",
        example: "80")
    static let choices = Key(
        "choices", Kind<[String]>.list(of: .choiceWord, "words"), "Of the type `choice`: its words.",
        example: "[primary, replica]")
    static let items = Key(
        "items", Kind<InputType>.itemType, "Of the types `list` and `map`: what their items are.", example: "text")
    static let from = Key("from", Kind<Int>.bound, "Of the type `integer`: the least.", unset: "none", example: "1")
    static let to = Key("to", Kind<Int>.bound, "Of the type `integer`: the most.", unset: "none", example: "64")
    static let description = Key(
        "description", Kind<String>.text, "What it means.", unset: "none", example: "The port.")
    static let example = Key(
        "example", Kind<String>.anyScalar, "A value as a spec writes it.", unset: "none", example: "8080")
    static let table = Table(
        "an input", [type, required, `default`, choices, items, from, to, description, example], required: [type])

    /// Between which numbers an integer without bounds of its own is.
    static let widest = -2_147_483_648...2_147_483_647
}

extension Kind where Value == InputFields {
    /// An input that a package declares.
    static var inputFields: Kind {
        .reading(PackageInputKeys.table) { reader in
            guard let type = InputType(reader) else { return nil }
            let isRequired = reader.optional(PackageInputKeys.required) ?? false
            let given = reader.optional(PackageInputKeys.default)
            let value = given.flatMap { reader.defaultValue($0, of: type) }
            if isRequired, given != nil {
                reader.context.error(
                    reader.mark(of: PackageInputKeys.required),
                    "\(reader.path).required: an input with a default is never required", remedy: "remove one of them")
            }
            return InputFields(
                type: type, isRequired: isRequired, defaultValue: value,
                summary: reader.optional(PackageInputKeys.description) ?? "",
                example: reader.optional(PackageInputKeys.example))
        }
    }
}

extension MapReader {
    /// A default, which is a value itself.
    fileprivate func defaultValue(_ node: YAML.Node, of type: InputType) -> InputValue? {
        let path = "\(path).default"
        guard !type.isSecret else {
            context.confidentially { context.error(node.mark, "\(path): a secret has no default") }
            return nil
        }
        guard type != .members else {
            context.error(node.mark, "\(path): members have no default")
            return nil
        }
        return Kind<InputValue>.input(type, isLiteral: true).read(node, path, context)
    }

    /// Complains about a key that inputs of this type do not have.
    fileprivate func refuse<Value>(_ key: Key<Value>, unless isRight: Bool, _ message: String) {
        guard !isRight, has(key) else { return }
        context.error(mark(of: key), "\(path).\(key.name): \(message)")
    }
}

extension InputType {
    /// Reads the type of an input, which several keys say; complains about those that it does not have.
    fileprivate init?(_ reader: MapReader) {
        guard let word = reader.required(PackageInputKeys.type) else { return nil }
        reader.refuse(PackageInputKeys.choices, unless: word == .choice, "only the type choice has them")
        reader.refuse(
            PackageInputKeys.items, unless: word == .list || word == .map, "only the types list and map have it")
        reader.refuse(PackageInputKeys.from, unless: word == .integer, "only the type integer has it")
        reader.refuse(PackageInputKeys.to, unless: word == .integer, "only the type integer has it")
        switch word {
        case .choice:
            guard let words = reader.required(PackageInputKeys.choices) else { return nil }
            guard !words.isEmpty else {
                reader.context.error(
                    reader.mark(of: PackageInputKeys.choices),
                    "\(reader.path).choices: expected a list of words, found an empty list")
                return nil
            }
            self = .choice(words)
        case .list, .map:
            guard let item = reader.required(PackageInputKeys.items) else { return nil }
            self = word == .list ? .list(item) : .map(item)
        case .integer:
            let from = reader.optional(PackageInputKeys.from) ?? PackageInputKeys.widest.lowerBound
            let to = reader.optional(PackageInputKeys.to) ?? PackageInputKeys.widest.upperBound
            guard from <= to else {
                reader.context.error(reader.mark, "\(reader.path): from is larger than to", remedy: "swap them")
                return nil
            }
            self = .integer(from...to)
        default:
            guard let simple = InputType(simple: word) else { return nil }
            self = simple
        }
    }

    /// The type that a word alone says.
    fileprivate init?(simple word: Word) {
        switch word {
        case .text: self = .text
        case .integer: self = .integer(PackageInputKeys.widest)
        case .boolean: self = .boolean
        case .port: self = .port
        case .address: self = .address
        case .cidr: self = .cidr
        case .size: self = .size
        case .duration: self = .duration
        case .path: self = .path
        case .url: self = .url
        case .secret: self = .secret
        case .members: self = .members
        case .choice, .list, .map: return nil
        }
    }
}

extension Kind where Value == InputType {
    /// What the items of a list or map are: something simple, so that a spec stays readable.
    fileprivate static var itemType: Kind {
        let words = InputType.Word.allCases.filter { $0 != .members && InputType(simple: $0) != nil }.map(\.rawValue)
        let choice = Kind<InputType>.choice(
            of: words, { words.contains($0) ? InputType.Word(rawValue: $0).flatMap { InputType(simple: $0) } : nil },
            word: \.word.rawValue)
        return Kind(expected: "a type", schema: choice.schema, write: choice.write, read: choice.read)
    }
}

extension Kind where Value == Int {
    fileprivate static var bound: Kind { integer(PackageInputKeys.widest) }
}

extension Kind where Value == YAML.Node {
    /// Whatever stands there, for somebody who knows later what it is to be.
    fileprivate static var anything: Kind {
        Kind(expected: "a value", schema: .text(pattern: nil), write: { $0 }) { node, _, _ in node }
    }
}

extension Kind where Value == String {
    /// A word that may be chosen, which templates name.
    fileprivate static var choiceWord: Kind {
        .parsed("a word of letters, digits, - and _", isAnyText: true) { text throws(Complaint) in
            guard !text.isEmpty, text.utf8.count <= 60,
                text.unicodeScalars.allSatisfy({ $0.isAlphanumeric || $0 == "-" || $0 == "_" })
            else { throw Complaint() }
            return text
        }
    }

    /// The text of any value on one line.
    fileprivate static var anyScalar: Kind {
        Kind(expected: "a value", schema: .text(pattern: nil), write: { .text($0) }) { node, path, context in
            guard let scalar = node.scalar, !scalar.text.contains(where: \.isNewline) else {
                context.mismatch(node, path: path, expected: "a value on one line")
                return nil
            }
            return scalar.text
        }
    }
}
