/// One way in which networks connect guests: everything in which it differs from the others.
///
/// A mode is a type of its own in this folder and a line of the catalogue, `NetworkModes`; nothing else knows it by name.
/// A value of it holds what a network says by the keys that only this mode has, such as the bridge.
protocol NetworkMode: Sendable, Equatable {
    /// How specs, marks and plans call it.
    static var name: String { get }
    /// How guests reach out, for the reference, after the name: `through their node`.
    static var summary: String { get }
    /// The keys that only this mode has.
    static var fields: [Field<Self>] { get }
    /// Why its networks have no `mode` but its own key in place of it; nil for a word of `mode`.
    static var replacesMode: String? { get }
    static var traits: NetworkTraits { get }
    /// What must be true of its networks in a spec as a whole, beyond what their traits say.
    static var rules: [Rule] { get }

    /// A network of which nothing is said.
    init()

    /// What NICs are plugged into.
    var link: NetworkLink { get }
    /// What the network's own keys say, for marks and plans, after the name; nil where that is nothing.
    var argument: String? { get }

    /// The mode with what follows from the rest of its network where its own keys say nothing.
    func completed(hasGateway: Bool) -> Self

    /// The mode of a network whose NICs are plugged into this; nil where it is not this one.
    static func reading(_ link: NetworkLink) -> Self?

    /// What a node lacks for a network of it, other than what keeps every network that kvmctl makes from a node.
    func obstacle(to network: Name, on node: some NodeEquipment) -> NetworkObstacle?
}

extension NetworkMode {
    static var fields: [Field<Self>] { [] }
    static var replacesMode: String? { nil }
    static var rules: [Rule] { [] }
    var argument: String? { nil }

    func completed(hasGateway: Bool) -> Self { self }

    static func reading(_ link: NetworkLink) -> Self? { nil }

    func obstacle(to network: Name, on node: some NodeEquipment) -> NetworkObstacle? { nil }
}
