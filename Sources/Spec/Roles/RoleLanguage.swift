/// The words of one kind of role: how it is written in a spec, and which rules it follows.
package protocol RoleLanguage: Sendable {
    /// What a role of this kind says.
    associatedtype Value: Sendable, Equatable

    static var key: RoleKey { get }
    /// What the kind is, in a sentence for editors and the reference.
    static var summary: String { get }
    /// A role of this kind in one line of YAML.
    static var example: String { get }
    /// How a role is written; decoding, merging, schema, reference, rendering and its secrets go by it.
    static var form: Kind<Value> { get }

    /// What a role is called in a spec: the key above what it says.
    static func word(of value: Value) -> RoleKey
    /// Where its inputs stand in an instance, where that is not below `roles`.
    static func place(of value: Value) -> String?
    /// What a role says of other instances, with the places below the role, in order.
    static func references(_ value: Value) -> [PlacedReference]
    /// What roles of other instances may take of it.
    static func outputs(_ value: Value) -> [RoleOutput]
    /// The ports that it claims in its guest.
    static func ports(_ value: Value) -> [RolePort]
    /// The files that a role of a name has in its guest; one whose path depends on other instances is missing.
    static func files(_ value: Value, of role: Name) -> [RoleFile]
    /// The units that a role of a name starts or stops in its guest.
    static func units(_ value: Value, of role: Name) -> [RoleUnit]

    /// Everything that is wrong with the roles of this kind that one instance has, sorted by their names.
    static func check(_ roles: [PlacedRole<Value>]) -> [Diagnostic]
}

extension RoleLanguage {
    package static func word(of value: Value) -> RoleKey { key }
    package static func place(of value: Value) -> String? { nil }
    package static func references(_ value: Value) -> [PlacedReference] { [] }
    package static func outputs(_ value: Value) -> [RoleOutput] { [] }
    package static func ports(_ value: Value) -> [RolePort] { [] }
    package static func files(_ value: Value, of role: Name) -> [RoleFile] { [] }
    package static func units(_ value: Value, of role: Name) -> [RoleUnit] { [] }
}

/// A role of an instance, with its place in the spec.
package struct PlacedRole<Value: Sendable>: Sendable {
    package let name: Name
    package let value: Value
    /// The path to it in its instance, such as `roles.motd.files`.
    package let path: String
    private let instance: Instance

    init(_ name: Name, _ value: Value, path: String, of instance: Instance) {
        self.name = name
        self.value = value
        self.path = path
        self.instance = instance
    }

    /// Where one of its keys is written; the role's own place where the key is not.
    package func position(of key: String) -> Position {
        instance.position(of: path, key)
    }
}

extension Instance {
    /// Where a key below a path is written, else the path, else the instance.
    package func position(of path: String, _ key: String) -> Position {
        positions["\(path).\(key)"] ?? positions[path] ?? position
    }
}
