import Engine
import Reconciler
import Spec

extension GuestLogin {
    /// The login that the spec leads to: its user and keys, through the node where the address is not on the LAN.
    ///
    /// - Parameter goesThroughNode: whether it goes through the node anyway.
    init(
        to target: LoginTarget, at address: IPv4Address, of cluster: Cluster, goesThroughNode: Bool = false,
        in surroundings: Surroundings
    ) {
        let access = cluster.instances[target.instance]?.access
        var proxy: [String]?
        if let node = cluster.nodes[target.node], case .host(let host) = node.address,
            goesThroughNode || !target.isOnLAN
        {
            proxy = [Replacement.ownPath] + ForwardArguments.words(through: node, host: host, to: address, port: 22)
        }
        self.init(
            target: target, address: address, user: access?.user,
            identities: GuestLogin.identities(access, surroundings),
            knownHosts: GuestKnownHosts.file(of: cluster.name, environment: surroundings.environment), proxy: proxy,
            command: [])
    }

    /// The private keys to log in with: the environment's, else those that the spec leads to.
    static func identities(_ access: Access?, _ surroundings: Surroundings) -> [String] {
        if let named = surroundings.environment["KVMCTL_GUEST_IDENTITY"], !named.isEmpty { return [named] }
        return privateKeys(access, home: surroundings.home)
    }

    /// The private keys that lie beside the public key files of an instance.
    private static func privateKeys(_ access: Access?, home: String?) -> [String] {
        (access?.sshKeys ?? []).compactMap { key in
            guard case .file(let path) = key, path.hasSuffix(".pub") else { return nil }
            let file = FileAccess.expanded(String(path.dropLast(4)), home: home)
            return FileAccess.isReadable(file) ? file : nil
        }
    }
}
