package import Reconciler
package import Spec
import YAML

/// How a program of this machine logs in to a guest with the system's ssh, as `kvmctl ssh` does.
package struct GuestLoginWords: Sendable, Equatable {
    /// The words after `ssh` and before the user.
    package var options: [String]
    /// Nil where ssh's own settings say it.
    package var user: String?
    /// Whom they lead to.
    package var guest: UniqueID

    package init(options: [String], user: String?, guest: UniqueID) {
        self.options = options
        self.user = user
        self.guest = guest
    }
}

/// A guest that such a program is to log in to.
package struct GuestLoginRequest: Sendable {
    package let cluster: Name
    package let instance: Name
    package let access: Access
    /// The node that it runs on, which is the way to it.
    package let node: Spec.Node
    package let uuid: UniqueID
    /// The domain's name.
    package let domain: String
    package let address: IPv4Address

    package init(
        cluster: Name, instance: Name, access: Access, node: Spec.Node, uuid: UniqueID, domain: String,
        address: IPv4Address
    ) {
        self.cluster = cluster
        self.instance = instance
        self.access = access
        self.node = node
        self.uuid = uuid
        self.domain = domain
        self.address = address
    }
}

extension RoleGuest {
    /// How programs of this machine log in to the guest; nil where nobody knows its address.
    package func login(to instance: Name, _ access: Access) -> GuestLoginWords? {
        guard let address = reach.address else { return nil }
        return node.settings.guestLogin(
            GuestLoginRequest(
                cluster: node.cluster.name, instance: instance, access: access, node: node.spec, uuid: uuid,
                domain: name, address: address))
    }
}

extension NodeContext {
    /// The node as a spec says how it is reached.
    fileprivate var spec: Spec.Node {
        let endpoint = connection.endpoint
        var node = Spec.Node(
            name: endpoint.name, address: endpoint.address, position: Position(file: "-", line: 1, column: 1))
        node.user = endpoint.user
        node.port = endpoint.port
        node.identity = endpoint.identity
        node.hostKey = endpoint.hostKey
        node.jump = endpoint.jump
        return node
    }
}
