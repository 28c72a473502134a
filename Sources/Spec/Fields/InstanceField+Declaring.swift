extension InstanceField {
    /// What most fields have in common, so that a declaration says only what it has of its own.
    struct Traits: Sendable {
        var isIgnorable = false
        var isNewInMarks = false
        var isOfMadeOnly = false
        var observation: Observation?
        var nodesWord: String?
        var running = Running.asDefined
        var mustBe: String?
        /// Whether a rendered spec says it even where it has its default.
        var isWrittenByDefault = true
        var rules: [Rule] = []
    }

    /// A field that always has a value; its default is the one of `Instance`.
    ///
    /// - Parameter text: how the mark remembers it; a `policy` is never remembered.
    /// - Parameter unset: what the reference says of the default; nil for the default itself.
    init<Value: Equatable & Sendable>(
        _ path: String, _ kind: Kind<Value>, _ property: any WritableKeyPath<Instance, Value> & Sendable,
        _ summary: String, unset: String? = nil, example: String?, effect: Effect, record: Record? = nil,
        flavor: FlavorProperty<Value>? = nil, traits: Traits = Traits(),
        text: @escaping @Sendable (Value) -> String
    ) {
        let value = text(Instance.unset[keyPath: property])
        let key = Key(
            Self.name(of: path), kind, summary, unset: unset ?? (traits.mustBe == nil ? "`\(value)`" : nil),
            example: example)
        self.init(
            path, key, effect: effect, record: record ?? Record.text { text($0[keyPath: property]) }, traits: traits,
            flavor: flavor.map { FlavorField(key, $0.property, property) },
            read: { reader in reader.optional(key).map { setting(property, to: $0) } },
            write: { instance in
                let value = instance[keyPath: property]
                let isDefault = !traits.isWrittenByDefault && value == Instance.unset[keyPath: property]
                return key.written(isDefault ? nil : value)
            })
    }

    /// A field that always has a value, which is written as what it is called.
    init<Value: Equatable & Sendable & CustomStringConvertible>(
        _ path: String, _ kind: Kind<Value>, _ property: any WritableKeyPath<Instance, Value> & Sendable,
        _ summary: String, unset: String? = nil, example: String?, effect: Effect, record: Record? = nil,
        flavor: FlavorProperty<Value>? = nil, traits: Traits = Traits()
    ) {
        self.init(
            path, kind, property, summary, unset: unset, example: example, effect: effect, record: record,
            flavor: flavor, traits: traits, text: \.description)
    }

    /// A field with one of a few words.
    init<Value: Equatable & Sendable & RawRepresentable<String>>(
        _ path: String, _ kind: Kind<Value>, _ property: any WritableKeyPath<Instance, Value> & Sendable,
        _ summary: String, example: String, effect: Effect, traits: Traits = Traits()
    ) {
        self.init(
            path, kind, property, summary, example: example, effect: effect, traits: traits, text: \.rawValue)
    }

    /// A field that may have no value; `unset` says what holds then.
    init<Value: Equatable & Sendable>(
        _ path: String, _ kind: Kind<Value>, _ property: any WritableKeyPath<Instance, Value?> & Sendable,
        _ summary: String, unset: String, example: String, effect: Effect, record: Record? = nil,
        traits: Traits = Traits(), text: @escaping @Sendable (Value) -> String = { "\($0)" }
    ) {
        let key = Key(Self.name(of: path), kind, summary, unset: unset, example: example)
        self.init(
            path, key, effect: effect, record: record ?? Record.text { $0[keyPath: property].map(text) },
            traits: traits,
            read: { reader in reader.optional(key).map { setting(property, to: $0) } },
            write: { key.written($0[keyPath: property]) })
    }

    /// A map of fields, each with an effect of its own.
    init(
        _ path: String, _ noun: String, _ parts: [InstanceField], acceptsNull: Bool = false, principal: InstanceField?,
        _ summary: String, unset: String, example: String, traits: Traits = Traits()
    ) {
        let table = Table(noun, parts.map(\.key), acceptsNull: acceptsNull, principal: principal?.key)
        let kind = Kind<[Change]>.object(
            table,
            { changes in
                let instance = changes.reduce(into: Instance.unset) { $1(&$0) }
                return parts.map { $0.write(instance) }
            }, { reader in parts.compactMap { $0.read(reader) } })
        let key = Key(path, kind, summary, unset: unset, example: example)
        self.init(
            path, key, parts: parts, effect: .policy, traits: traits,
            read: { reader in reader.optional(key).map { joined($0) } },
            write: { instance in
                let written = parts.map { $0.write(instance) }
                return WrittenKey(
                    name: path, value: written.allSatisfy { $0.value == nil } ? nil : table.node(written))
            })
    }

    /// A key that decoding replaces by what it stands for, such as profiles; nothing of it is left in the instance.
    init(replaced key: any KeyDescription) {
        self.init(
            key.name, key, effect: .policy, traits: Traits(), read: { _ in nil },
            write: { _ in WrittenKey(name: key.name, value: nil) })
    }

    private init(
        _ path: String, _ key: any KeyDescription, parts: [InstanceField] = [], effect: Effect, record: Record = .never,
        traits: Traits, flavor: FlavorField? = nil, read: @escaping @Sendable (MapReader) -> Change?,
        write: @escaping @Sendable (Instance) -> WrittenKey
    ) {
        self.init(
            path: path, parts: parts, effect: effect, record: effect == .policy ? .never : record,
            isIgnorable: traits.isIgnorable, isNewInMarks: traits.isNewInMarks, isOfMadeOnly: traits.isOfMadeOnly,
            observation: traits.observation, nodesWord: traits.nodesWord, running: traits.running,
            mustBe: traits.mustBe, key: key, read: read,
            write: { instance in
                // An adopted instance has no more than it was imported with.
                instance.isAdopted && traits.isOfMadeOnly ? WrittenKey(name: key.name, value: nil) : write(instance)
            }, flavor: flavor, rules: traits.rules)
    }

    /// The last part of a path.
    private static func name(of path: String) -> String {
        path.split(separator: ".").last.map { String($0) } ?? path
    }
}

/// Gives a property a value.
private func setting<Value: Sendable>(
    _ property: any WritableKeyPath<Instance, Value> & Sendable, to value: Value
) -> InstanceField.Change {
    { instance in instance[keyPath: property] = value }
}

/// Several changes as one.
private func joined(_ changes: [InstanceField.Change]) -> InstanceField.Change {
    { instance in for change in changes { change(&instance) } }
}

/// Where a flavor keeps what it gives instances.
struct FlavorProperty<Value>: Sendable {
    let property: any WritableKeyPath<Flavor, Value?> & Sendable

    init(_ property: any WritableKeyPath<Flavor, Value?> & Sendable) { self.property = property }
}

extension FlavorField {
    init<Value: Sendable>(
        _ key: Key<Value>, _ own: any WritableKeyPath<Flavor, Value?> & Sendable,
        _ property: any WritableKeyPath<Instance, Value> & Sendable
    ) {
        read = { reader, flavor in flavor[keyPath: own] = reader.optional(key) }
        write = { key.written($0[keyPath: own]) }
        change = { flavor in flavor[keyPath: own].map { setting(property, to: $0) } }
    }
}
