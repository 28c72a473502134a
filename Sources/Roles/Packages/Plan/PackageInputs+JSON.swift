import Formats
import Foundation
import Hashing
import Spec

extension PackageInputs {
    /// What a guest remembers of each input, without secrets.
    var remembered: [String: StructuredValue] {
        var remembered: [String: StructuredValue] = [:]
        for (name, value) in values { remembered[name] = value.json(at: name, ids) }
        return remembered
    }

    /// The same in one line of JSON.
    var text: String { StructuredValue.inputs(remembered).jsonLine }

    /// All inputs in one line of JSON, with the texts of secrets by their places.
    func text(_ texts: [String: String]) -> String {
        let filled = filled(texts)
        return StructuredValue.inputs(filled.mapValues { $0.json(at: "", [:]) }).jsonLine
    }

    /// What an attempt at the role is told apart by.
    var target: String {
        let spec = StructuredValue.inputs(role.inputs.mapValues { $0.json(at: "", [:]) }).jsonLine
        return PackageDigest.target(package: PackageDigest.package(role.package.bytes), spec: spec, inputs: text)
    }
}

extension StructuredValue {
    static func inputs(_ values: [String: StructuredValue]) -> StructuredValue {
        .object(values.sorted { $0.key < $1.key }.map { Entry($0.key, $0.value) })
    }

    /// What a guest says that it remembers, which may be anything.
    static func inputs(_ text: String) -> [String: StructuredValue] {
        (try? JSONDecoder().decode([String: RememberedInput].self, from: Data(text.utf8)))?.mapValues(\.value) ?? [:]
    }

    /// A key of an object.
    subscript(key: String) -> StructuredValue? {
        guard case .object(let entries) = self else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// The members that a list has; nil where it is no list of them.
    var members: [Member]? {
        guard case .list(let items) = self, !items.isEmpty else { return nil }
        let members = items.compactMap(\.member)
        return members.count == items.count ? members : nil
    }

    private var member: Member? {
        guard case .text(let name)? = self["name"], case .text(let address)? = self["address"],
            let name = Name(name), let address = IPv4Address(address)
        else { return nil }
        var port: Int?
        if case .integer(let number)? = self["port"] { port = Int(number) }
        return Member(
            name: name, address: address, port: port, isSelf: self["self"] == true, isFirst: self["first"] == true)
    }
}

/// A value of JSON, as a guest sends it.
private struct RememberedInput: Decodable {
    let value: StructuredValue

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let boolean = try? container.decode(Bool.self) {
            value = .boolean(boolean)
        } else if let number = try? container.decode(Int64.self) {
            value = .integer(number)
        } else if let text = try? container.decode(String.self) {
            value = .text(text)
        } else if let items = try? container.decode([RememberedInput].self) {
            value = .list(items.map(\.value))
        } else {
            value = .inputs(try container.decode([String: RememberedInput].self).mapValues(\.value))
        }
    }
}

extension InputValue {
    /// The value without secrets.
    ///
    /// - Parameter ids: what tells the secrets of other roles, by their places.
    fileprivate func json(at key: String, _ ids: [String: String]) -> StructuredValue {
        switch self {
        case .text(let text): .text(text)
        case .integer(let number): .count(number)
        case .boolean(let value): .boolean(value)
        case .list(let items): .list(items.enumerated().map { $1.json(at: "\(key).\($0 + 1)", ids) })
        case .map(let entries):
            .inputs(Dictionary(entries.map { ($0, $1.json(at: "\(key).\($0)", ids)) }) { first, _ in first })
        case .secret: ["secret": true]
        case .members(let members): .list(members.map(\.json))
        case .reference(let reference): reference.json(ids[key])
        }
    }
}

extension Member {
    fileprivate var json: StructuredValue {
        var fields: [String: StructuredValue] = [
            "name": .text(name.text), "address": .text(address.description), "self": .boolean(isSelf),
            "first": .boolean(isFirst),
        ]
        if let port { fields["port"] = .count(port) }
        return .inputs(fields)
    }
}

extension RoleReference {
    /// - Parameter id: what tells the secret that it stands for.
    fileprivate func json(_ id: String?) -> StructuredValue {
        var fields: [String: StructuredValue] = [:]
        switch self {
        case .members(let target, let network, let port, _):
            fields = ["members": .text(target.text), "network": .text(network.text)]
            if let port { fields["port"] = .count(port) }
        case .address(let target, let network, _):
            fields = ["address": .text(target?.text ?? "self"), "network": .text(network.text)]
        case .output(let instance, let role, let output):
            fields = ["output": .text("\(instance).roles.\(role).\(output)")]
            if let id { fields["id"] = .text(id) }
        }
        return .inputs(fields)
    }
}
