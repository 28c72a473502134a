/// The keys of a map and the properties that they are read into and written from.
///
/// One declaration of a key drives decoding, merging, the schema, the reference, rendering, and which secrets there are.
package struct FieldTable<Value: Sendable>: Sendable {
    let table: Table
    private let blank: Value
    private let fields: [Field<Value>]

    /// - Parameters:
    ///   - noun: what the map describes, with its article, such as `a website's health`.
    ///   - blank: a value that says nothing: it has the defaults, and anything where a key must be given.
    ///   - isLayered: whether it may be written in parts, so that no part must have every key.
    package init(_ noun: String, blank: Value, isLayered: Bool = false, _ fields: [Field<Value>]) {
        table = Table(noun, fields.map(\.key), required: isLayered ? [] : fields.filter(\.isRequired).map(\.key))
        self.blank = blank
        self.fields = fields
    }

    /// What a map says; nil where a key that must be given is missing or wrong.
    func value(_ reader: MapReader) -> Value? {
        var value = blank
        var isComplete = true
        for field in fields where !field.read(reader, &value) { isComplete = false }
        return isComplete ? value : nil
    }

    func written(_ value: Value) -> [WrittenKey] { fields.map { $0.write(value) } }

    /// The secrets that a value names.
    func secrets(_ value: Value) -> [FieldSecret] { fields.flatMap { $0.secrets(value) } }
}

/// A key of a map and the property that it is read into.
package struct Field<Root: Sendable>: Sendable {
    let key: any KeyDescription
    let isRequired: Bool
    /// Reads the key; false where it must be given and is not, or is wrong.
    let read: @Sendable (MapReader, inout Root) -> Bool
    let write: @Sendable (Root) -> WrittenKey
    let secrets: @Sendable (Root) -> [FieldSecret]

    /// A key that may be left out: the property then keeps its default.
    package init<Value: Sendable>(_ key: Key<Value>, _ property: any WritableKeyPath<Root, Value> & Sendable) {
        self.init(key, isRequired: false, property) { $0 }
    }

    /// A key that must be given.
    package init<Value: Sendable>(required key: Key<Value>, _ property: any WritableKeyPath<Root, Value> & Sendable) {
        self.init(key, isRequired: true, property) { $0 }
    }

    /// A key whose empty list or map is not written.
    package init<Value: Collection & Sendable>(
        orEmpty key: Key<Value>, _ property: any WritableKeyPath<Root, Value> & Sendable
    ) {
        self.init(key, isRequired: false, property) { $0.isEmpty ? nil : $0 }
    }

    private init<Value: Sendable>(
        _ key: Key<Value>, isRequired: Bool, _ property: any WritableKeyPath<Root, Value> & Sendable,
        _ given: @escaping @Sendable (Value) -> Value?
    ) {
        self.key = key
        self.isRequired = isRequired
        read = { reader, root in
            guard let value = isRequired ? reader.required(key) : reader.optional(key) else { return !isRequired }
            root[keyPath: property] = value
            return true
        }
        write = { key.written(given($0[keyPath: property])) }
        secrets = { key.secrets(in: $0[keyPath: property]) }
    }

    /// A key that may be left out: the property is then nil.
    package init<Value: Sendable>(optional key: Key<Value>, _ property: any WritableKeyPath<Root, Value?> & Sendable) {
        self.key = key
        isRequired = false
        read = { reader, root in
            if let value = reader.optional(key) { root[keyPath: property] = value }
            return true
        }
        write = { key.written($0[keyPath: property]) }
        secrets = { $0[keyPath: property].map { key.secrets(in: $0) } ?? [] }
    }
}

/// A secret that a value names, and the path to it from there, such as `tls.key`.
package struct FieldSecret: Sendable, Equatable {
    package var path: String
    package let secret: Secret
    package let content: SecretContent

    /// The same from one key further up.
    func below(_ key: String) -> FieldSecret {
        var secret = self
        secret.path = path.isEmpty ? key : "\(key).\(path)"
        return secret
    }
}

extension Key {
    /// The secrets that a value of this key names.
    fileprivate func secrets(in value: Value) -> [FieldSecret] {
        kind.secrets(value).map { $0.below(name) }
    }
}

extension Kind where Value: Sendable {
    /// A map with a fixed table of keys.
    package static func object(_ fields: FieldTable<Value>) -> Kind {
        var kind = Kind.object(fields.table, fields.written, fields.value)
        kind.secrets = fields.secrets
        return kind
    }
}
