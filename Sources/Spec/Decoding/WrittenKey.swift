import YAML

/// What a value has for one key of its map when it is written again.
struct WrittenKey: Sendable {
    let name: String
    /// Nil where nothing is written.
    let value: YAML.Node?
}

extension Key {
    /// The key with a value; nothing is written for nil.
    func written(_ value: Value?) -> WrittenKey {
        WrittenKey(name: name, value: value.map(kind.write))
    }

    /// A key that other keys have taken the place of, as a flavor's sizes take the place of its name.
    var dissolved: WrittenKey { WrittenKey(name: name, value: nil) }
}

extension Key where Value: Collection {
    /// The key with a list or map; nothing is written for an empty one.
    func writtenUnlessEmpty(_ value: Value) -> WrittenKey { written(value.isEmpty ? nil : value) }
}

extension Table {
    /// The map of what is written, in the table's order.
    ///
    /// Every key of the table must be answered for: a key that is only read would be lost from a rendered spec.
    func node(_ written: [WrittenKey]) -> YAML.Node {
        assert(
            written.map(\.name).sorted() == keys.map(\.name).sorted(),
            "what is written of \(noun) has other keys than it is read by")
        return .map(
            keys.compactMap { key in
                written.first { $0.name == key.name }?.value.map { (key.name, $0) }
            })
    }
}
