/// What a spec gives to an input of a role package.
///
/// Addresses, sizes, times and the like are the text that their own types write, so that two spellings are one value.
package indirect enum InputValue: Sendable, Hashable {
    case text(String)
    case integer(Int)
    case boolean(Bool)
    case list([InputValue])
    case map([String: InputValue])
    case secret(Secret)
    case members([Member])
    /// Something of another instance, known when the role is applied.
    case reference(RoleReference)
}

/// One of the machines that a role works with, such as a web server behind a load balancer.
package struct Member: Sendable, Hashable {
    package let name: Name
    package let address: IPv4Address
    /// Where it listens, where the reference or the spec says so.
    package let port: Int?
    /// Whether it is the instance that has the role.
    package let isSelf: Bool
    /// Whether it is the one that starts a cluster of them.
    package let isFirst: Bool

    package init(name: Name, address: IPv4Address, port: Int? = nil, isSelf: Bool = false, isFirst: Bool = false) {
        self.name = name
        self.address = address
        self.port = port
        self.isSelf = isSelf
        self.isFirst = isFirst
    }
}
