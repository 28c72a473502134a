/// One of the instances that a role is told of, with what it needs to reach it.
package struct Member: Sendable, Hashable {
    /// The instance's name.
    package var name: String
    package var address: IPv4Address
    package var port: Int?
    /// Whether it is the instance that has the role.
    package var isSelf: Bool
    /// Whether it is the one that its group began with, for clusters that bootstrap.
    package var isFirst: Bool

    package init(name: String, address: IPv4Address, port: Int? = nil, isSelf: Bool = false, isFirst: Bool = false) {
        self.name = name
        self.address = address
        self.port = port
        self.isSelf = isSelf
        self.isFirst = isFirst
    }
}
