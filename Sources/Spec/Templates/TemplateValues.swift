/// What is put into a template: every input that is set, and what kvmctl itself knows.
///
/// Whoever renders has put what secrets and references stand for in their place.
package struct TemplateValues: Sendable {
    package var inputs: [String: InputValue]
    package var own: [TemplateOwnValue: String]

    package init(inputs: [String: InputValue], own: [TemplateOwnValue: String] = [:]) {
        self.inputs = inputs
        self.own = own
    }
}

/// Why a template cannot be filled in; never holds a value, which may be a secret.
package struct TemplateProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package let position: Position
    package let message: String

    package var description: String { "\(position): \(message)" }
}

extension InputValue {
    /// The text of a value that has one.
    var plainText: String? {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .boolean(let value): value ? "true" : "false"
        case .list, .map, .secret, .members, .reference: nil
        }
    }

    /// The same in a unit, such as `bytes` of a size; a size is rounded down, a time up.
    func plainText(in unit: String) -> String? {
        guard case .text(let text) = self else { return nil }
        if let duration = Duration(specText: text) {
            let (seconds, rest) = duration.components
            let milliseconds = seconds * 1_000 + rest / 1_000_000_000_000_000
            switch unit {
            case "seconds": return "\((milliseconds + 999) / 1_000)"
            case "milliseconds": return "\(milliseconds)"
            default: return nil
            }
        }
        guard let size = Size(text) else { return nil }
        switch unit {
        case "bytes": return "\(size.bytes)"
        case "KiB": return "\(size.bytes >> 10)"
        case "MiB": return "\(size.bytes >> 20)"
        case "GiB": return "\(size.bytes >> 30)"
        default: return nil
        }
    }

    /// The values that a section goes through; nil where it is no list of any kind.
    var items: [[String: InputValue?]]? {
        let items: [[String: InputValue?]]
        switch self {
        case .list(let values):
            items = values.map { [".": $0] }
        case .map(let values):
            items = values.sorted { $0.key < $1.key }.map { ["key": .text($0.key), "value": $0.value] }
        case .members(let members):
            items = members.map(\.fields)
        case .text, .integer, .boolean, .secret, .reference:
            return nil
        }
        return items.enumerated().map { index, fields in
            var fields = fields
            fields["number"] = InputValue.integer(index + 1)
            fields["last"] = InputValue.boolean(index + 1 == items.count)
            return fields
        }
    }
}

extension Member {
    /// What a section over members has of one; a field that is nil is unset, whatever it means outside.
    fileprivate var fields: [String: InputValue?] {
        [
            "name": .text(name.text), "address": .text(address.description),
            "port": port.map { InputValue.integer($0) }, "first": .boolean(isFirst), "self": .boolean(isSelf),
        ]
    }
}
