/// The tags that a specification may carry; everything else would ask for a type that YAML itself does not have.
enum Tag {
    private static let core = "tag:yaml.org,2002:"

    /// The scalar that a tagged scalar means; throws when the tag is unknown or does not fit the text.
    static func apply(_ tag: String?, to scalar: Scalar, at mark: Position) throws(YAMLError) -> Scalar {
        guard let tag, tag != "!" else { return scalar }
        let plain = Scalar(scalar.text, style: .plain)
        let fits: Bool
        switch (tag, plain.value) {
        case (core + "str", _): return Scalar(scalar.text, style: .quoted)
        case (core + "null", .null), (core + "bool", .bool), (core + "int", .int): fits = true
        case (core + "float", .float), (core + "float", .int): fits = true
        case (core + "null", _), (core + "bool", _), (core + "int", _), (core + "float", _): fits = false
        default: throw unknown(tag, at: mark)
        }
        guard fits else { throw YAMLError(at: mark, "the text \"\(scalar.text)\" does not fit its tag \(short(tag))") }
        return plain
    }

    /// Checks the tag of a list or map.
    static func check(_ tag: String?, is name: String, at mark: Position) throws(YAMLError) {
        guard let tag, tag != "!", tag != core + name else { return }
        throw unknown(tag, at: mark)
    }

    private static func unknown(_ tag: String, at mark: Position) -> YAMLError {
        YAMLError(at: mark, "the tag \(short(tag)) is not supported here; remove it")
    }

    private static func short(_ tag: String) -> String {
        tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.count) : tag
    }
}
