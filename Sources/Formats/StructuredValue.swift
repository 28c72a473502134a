/// A value for programs to read, with its keys in the order in which they were written.
package indirect enum StructuredValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([StructuredValue])
    case object([Entry])

    /// One key of an object.
    package struct Entry: Sendable, Hashable {
        package var key: String
        package var value: StructuredValue

        package init(_ key: String, _ value: StructuredValue) {
            self.key = key
            self.value = value
        }
    }

    /// An optional text.
    package static func optional(_ text: String?) -> StructuredValue { text.map { .text($0) } ?? .null }

    /// A list of texts.
    package static func texts(_ texts: some Sequence<String>) -> StructuredValue { .list(texts.map { .text($0) }) }

    /// A count or another whole number.
    package static func count(_ value: Int) -> StructuredValue { .integer(Int64(value)) }

    /// Bytes; more than fits is cut to the largest that does.
    package static func bytes(_ value: UInt64) -> StructuredValue { .integer(Int64(clamping: value)) }
}

extension StructuredValue: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, StructuredValue)...) {
        self = .object(elements.map { Entry($0, $1) })
    }
}

extension StructuredValue: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: StructuredValue...) { self = .list(elements) }
}

extension StructuredValue: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
}

extension StructuredValue: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension StructuredValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
}
