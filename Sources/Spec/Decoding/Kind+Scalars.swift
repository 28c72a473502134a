import YAML

extension Kind where Value == String {
    /// Any text that is not empty.
    package static var text: Kind {
        Kind.parsed("text") { text throws(Complaint) in
            guard !text.isEmpty else { throw Complaint(message: "expected text, found empty text") }
            return text
        }
    }

    /// Text of which every character is allowed by `isAllowed`, and which is no option of a command.
    ///
    /// Text for which `instead` knows what is meant is answered with that.
    static func word(
        _ expected: String, pattern: String, limit: Int,
        instead: @escaping @Sendable (String) -> String? = { _ in nil },
        isAllowed: @escaping @Sendable (Unicode.Scalar) -> Bool
    ) -> Kind {
        .parsed(expected, pattern: pattern) { text throws(Complaint) in
            if let remedy = instead(text) { throw Complaint(remedy: remedy) }
            guard !text.isEmpty, text.utf8.count <= limit, !text.hasPrefix("-"),
                text.unicodeScalars.allSatisfy(isAllowed)
            else { throw Complaint() }
            return text
        }
    }
}

extension Unicode.Scalar {
    /// An ASCII letter or digit.
    package var isAlphanumeric: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}

extension Kind where Value == Int {
    /// A whole number within bounds.
    package static func integer(_ range: ClosedRange<Int>, _ noun: String = "a whole number") -> Kind {
        let expected = "\(noun) from \(range.lowerBound) to \(range.upperBound)"
        return Kind(expected: expected, schema: .integer(range), write: { .plain($0) }) { node, path, context in
            guard let scalar = context.scalar(node, path: path, expected: expected) else { return nil }
            guard case .int(let value) = Scalar(scalar.text, style: scalar.style).value, range.contains(value) else {
                let isQuoted = scalar.style != .plain && Int(scalar.text).map(range.contains) == true
                context.mismatch(
                    YAML.Node(.scalar(scalar), at: node.mark), path: path, expected: expected,
                    remedy: isQuoted ? "remove the quotes" : nil)
                return nil
            }
            return value
        }
    }
}

extension Kind where Value == Double {
    /// A number above zero, up to a limit.
    static func positive(upTo limit: Double) -> Kind {
        let expected = "a number above 0, at most \(Int(limit))"
        return Kind(expected: expected, schema: .number(limit: limit), write: { .plain($0) }) { node, path, context in
            guard let scalar = context.scalar(node, path: path, expected: expected) else { return nil }
            let number: Double? =
                switch scalar.value {
                case .int(let value): Double(value)
                case .float(let value): value
                default: nil
                }
            guard let number, number > 0, number <= limit else {
                context.mismatch(YAML.Node(.scalar(scalar), at: node.mark), path: path, expected: expected)
                return nil
            }
            return number
        }
    }
}

extension Kind where Value == Bool {
    /// `true` or `false`.
    package static var boolean: Kind {
        Kind(expected: "true or false", schema: .boolean, write: { .plain($0) }) { node, path, context in
            guard let scalar = context.scalar(node, path: path, expected: "true or false") else { return nil }
            guard case .bool(let value) = scalar.value else {
                let meant =
                    switch scalar.text.lowercased() {
                    case "yes", "on", "y", "true": "write true"
                    case "no", "off", "n", "false": "write false"
                    default: nil as String?
                    }
                context.mismatch(
                    YAML.Node(.scalar(scalar), at: node.mark), path: path, expected: "true or false", remedy: meant)
                return nil
            }
            return value
        }
    }
}

extension Kind where Value: RawRepresentable<String> & CaseIterable & Sendable {
    /// One of the words of an enumeration.
    package static var choice: Kind {
        choice(of: Value.allCases.map(\.rawValue), { Value(rawValue: $0) }, word: \.rawValue)
    }
}

extension Kind {
    /// One of a few words.
    static func choice(
        of words: [String], _ value: @escaping @Sendable (String) -> Value?,
        word: @escaping @Sendable (Value) -> String
    ) -> Kind {
        let expected = words.count == 1 ? words.joined() : "one of " + words.joined(separator: ", ")
        let parse: @Sendable (String) throws(Complaint) -> Value = { text throws(Complaint) in
            guard let value = value(text) else {
                throw Complaint(remedy: NearMiss.of(text, in: words).map { "did you mean \"\($0)\"?" })
            }
            return value
        }
        let kind = Kind.parsed(expected, parse, text: word)
        return Kind(expected: kind.expected, schema: .choice(words), write: kind.write, read: kind.read)
    }
}

extension DecodingContext {
    /// The scalar that a node is, variables put in; complains where it is none.
    func scalar(_ node: YAML.Node, path: String, expected: String) -> Scalar? {
        switch node.content {
        case .invalid:
            return nil
        case .scalar(let scalar):
            return expand(scalar, at: node.mark)?.scalar
        case .sequence, .mapping:
            mismatch(node, path: path, expected: expected)
            return nil
        }
    }
}
