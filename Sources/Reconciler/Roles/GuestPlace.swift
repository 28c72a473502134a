package import Spec

/// Where the guest of an instance is found, for a step of another that takes something from it.
package struct GuestPlace: Sendable, Hashable {
    package var node: Name
    package var uuid: UniqueID
    /// The domain's name.
    package var name: String
    /// The addresses that its node may reach it by.
    package var addresses: [IPv4Address]

    package init(node: Name, uuid: UniqueID, name: String, addresses: [IPv4Address]) {
        self.node = node
        self.uuid = uuid
        self.name = name
        self.addresses = addresses
    }
}
