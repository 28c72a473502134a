/// What the names in a template mean: a package's inputs, and what kvmctl itself knows.
package struct TemplateScope: Sendable {
    let inputs: [String: InputDeclaration]
    /// The inputs that may be unset elsewhere and surely are set here.
    var given: Set<String> = []

    package init(_ inputs: [InputDeclaration]) {
        self.inputs = Dictionary(inputs.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The same where a section says that an input is set.
    func assuming(_ name: TemplateName) -> TemplateScope {
        var scope = self
        scope.given.insert(name.root)
        return scope
    }
}

/// What kvmctl itself knows of an instance and its role: `{{kvmctl.address}}` and the like.
package enum TemplateOwnValue: String, Sendable, CaseIterable {
    case instance, role, address, revision, family, attempt

    /// How a template names it.
    package var name: String { "\(InputDeclaration.reserved).\(rawValue)" }
}

/// What each item of a section has, beside the names around it.
enum TemplateItem {
    /// Of one of several members.
    static let ofMember: [String: InputType] = ofAny.merging([
        "name": .text, "address": .address, "port": .port, "first": .boolean, "self": .boolean,
    ]) { _, field in field }

    /// Of an entry of a map.
    static func ofEntry(_ value: InputType) -> [String: InputType] {
        ofAny.merging(["key": .text, "value": value]) { _, field in field }
    }

    /// Of anything: whether it is the last one, and its number from 1.
    static let ofAny: [String: InputType] = ["last": .boolean, "number": .integer(1...Int.max)]
}

extension InputType {
    /// In what else a value can be written than its own text, such as `bytes` of a size.
    var units: [String] {
        switch self {
        case .size: ["bytes", "KiB", "MiB", "GiB"]
        case .duration: ["seconds", "milliseconds"]
        default: []
        }
    }
}
