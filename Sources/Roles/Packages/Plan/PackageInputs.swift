import Formats
import Reconciler
import Spec

/// The inputs of a role, with what its references stand for.
struct PackageInputs: Sendable {
    /// Something that another role gives, and where it is asked for.
    struct Source: Sendable, Equatable {
        let instance: Name
        let role: Name
        let output: String
        /// Nil where nobody knows yet.
        let place: GuestPlace?
    }

    let role: PackageRole
    /// Secrets, and what only the step gets to know, are in there as the spec has them.
    private(set) var values: [String: InputValue] = [:]
    /// What is taken from guests in the step, by its place below the role.
    private(set) var sources: [String: Source] = [:]
    /// What tells the secrets among that; what has none is known in the step only.
    private(set) var ids: [String: String] = [:]
    /// The places of what is no value of its input's type, in order.
    private(set) var misfits: [String] = []

    init(_ role: PackageRole, _ resolved: [String: ResolvedReference]) {
        self.role = role
        for (name, value) in role.inputs.sorted(by: { $0.key < $1.key }) {
            values[name] = settle(value, at: name, role.package.input(name)?.type ?? .text, resolved)
        }
    }

    private mutating func settle(
        _ value: InputValue, at key: String, _ type: InputType, _ resolved: [String: ResolvedReference]
    ) -> InputValue {
        let item = type.item ?? type
        switch value {
        case .list(let items):
            return .list(items.enumerated().map { settle($1, at: "\(key).\($0 + 1)", item, resolved) })
        case .map(let entries):
            var settled: [String: InputValue] = [:]
            for (name, value) in entries.sorted(by: { $0.key < $1.key }) {
                settled[name] = settle(value, at: "\(key).\(name)", item, resolved)
            }
            return .map(settled)
        case .reference(let reference):
            return settle(reference, at: key, type, resolved[key])
        case .text, .integer, .boolean, .secret, .members:
            return value
        }
    }

    private mutating func settle(
        _ reference: RoleReference, at key: String, _ type: InputType, _ resolved: ResolvedReference?
    ) -> InputValue {
        var place: GuestPlace?
        switch resolved {
        case .members(let members)?: return .members(members)
        case .address(let address)?: return .text(address.description)
        case .output(.plain(let text), _)?:
            // Everybody may know it, also where a secret is taken.
            if let value = type == .secret ? text.asSecret : type.value(of: text) { return value }
            misfits.append(key)
        case .output(.secret(let id), let other)?:
            // Where no secret is taken, what it is would be held to no type, and be seen.
            if type != .secret { misfits.append(key) }
            ids[key] = id
            place = other
        case .pending(let other)?: place = other
        case nil: break
        }
        if case .output(let instance, let role, let output) = reference {
            sources[key] = Source(instance: instance, role: role, output: output, place: place)
        }
        return .reference(reference)
    }

    /// Whether an input has something that only the step gets to know.
    func isPending(_ name: String) -> Bool {
        sources.keys.contains { Self.isPlace($0, of: name) && ids[$0] == nil }
    }

    /// The first of the instances that an input has something of that only the step gets to know.
    func awaited(by name: String) -> Name? {
        sources.sorted { $0.key < $1.key }.first { Self.isPlace($0.key, of: name) && ids[$0.key] == nil }?
            .value.instance
    }

    private static func isPlace(_ key: String, of name: String) -> Bool { key == name || key.hasPrefix("\(name).") }

    /// The secrets that the spec names, by their places below the role.
    var secrets: [String: Secret] {
        values.reduce(into: [:]) { Self.collect($1.value, at: $1.key, &$0) }
    }

    private static func collect(_ value: InputValue, at key: String, _ secrets: inout [String: Secret]) {
        switch value {
        case .secret(let secret): secrets[key] = secret
        case .list(let items):
            for (index, item) in items.enumerated() { collect(item, at: "\(key).\(index + 1)", &secrets) }
        case .map(let entries): for (name, item) in entries { collect(item, at: "\(key).\(name)", &secrets) }
        case .text, .integer, .boolean, .members, .reference: break
        }
    }

    /// The values with the texts of secrets, by their places, where those are known.
    func filled(_ texts: [String: String]) -> [String: InputValue] {
        var filled: [String: InputValue] = [:]
        for (name, value) in values { filled[name] = Self.fill(value, at: name, texts) }
        return filled
    }

    private static func fill(_ value: InputValue, at key: String, _ texts: [String: String]) -> InputValue {
        switch value {
        case .secret, .reference: texts[key].map { .text($0) } ?? value
        case .list(let items): .list(items.enumerated().map { fill($1, at: "\(key).\($0 + 1)", texts) })
        case .map(let entries):
            .map(Dictionary(entries.map { ($0, fill($1, at: "\(key).\($0)", texts)) }) { first, _ in first })
        case .text, .integer, .boolean, .members: value
        }
    }

    /// The members of other instances that it lists.
    var members: [Member] {
        values.sorted { $0.key < $1.key }.flatMap { _, value -> [Member] in
            if case .members(let members) = value { members } else { [] }
        }
    }

    /// Whether the role's own instance is the one that its group began with.
    var isFirst: Bool { members.contains { $0.isSelf && $0.isFirst } }
}

extension String {
    /// What another role gives as a secret; nil where it is more than a line can be.
    fileprivate var asSecret: InputValue? {
        isEmpty || utf8.count > InputLine.longestOutput || !InputLine.isOne(self) ? nil : .text(self)
    }
}
