import Spec

/// How a node is reached: everything in the spec that a connection to it depends on.
struct NodeEndpoint: Sendable, Hashable {
    let name: Name
    let address: Spec.Node.Address
    let user: String?
    let port: Int?
    /// The private key's path.
    let identity: String?
    /// A pinned host key, as `SHA256:` and unpadded base64.
    let hostKey: String?
    /// A bastion as `[user@]host[:port]`, or a `Host` of ssh_config.
    let jump: String?

    init(_ node: Spec.Node) {
        name = node.name
        address = node.address
        user = node.user
        port = node.port
        identity = node.identity
        hostKey = node.hostKey
        jump = node.jump
    }
}
