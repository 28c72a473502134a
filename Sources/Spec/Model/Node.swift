/// One KVM host of the fleet.
package struct Node: Sendable, Equatable {
    /// How the node is reached.
    package enum Address: Sendable, Hashable {
        /// This machine, without ssh.
        case local
        /// An address or a `Host` of ssh_config.
        case host(String)
    }

    /// What a person says of the node.
    package enum State: String, Sendable, Hashable, CaseIterable {
        /// In use.
        case active
        /// Takes no new instances.
        case cordoned
        /// Takes no new instances, and those it has move away.
        case maintenance
        /// Known to be off: not contacted, its instances stay its own.
        case offline
        /// Will not come back, a person vouches: its instances are made again elsewhere.
        case lost
    }

    /// How much more may be promised than the node has.
    package struct Overcommit: Sendable, Hashable {
        package var vcpus: Double
        package var memory: Double

        package init(vcpus: Double = 4, memory: Double = 1) {
            self.vcpus = vcpus
            self.memory = memory
        }
    }

    package var name: Name
    package var address: Address
    package var user: String?
    package var port: Int?
    /// The private key's path.
    package var identity: String?
    /// A pinned host key, as `SHA256:` and unpadded base64.
    package var hostKey: String?
    /// A bastion as `[user@]host[:port]`, or a `Host` of ssh_config.
    package var jump: String?
    /// Its address for the other nodes, in networks that they carry between them; nil for the one by which it is reached.
    package var overlay: IPv4Address?
    package var labels: [String: String] = [:]
    package var state: State = .active
    /// Whether what maintenance moved away comes back when the node is active again.
    package var bringsBack = false
    /// What counts as the node's CPUs; nil for what the node reports.
    package var capacityVCPUs: Int?
    /// What counts as the node's memory; nil for what the node reports.
    package var capacityMemory: Size?
    package var overcommit = Overcommit()
    /// Pools that differ on this node from the cluster's entry of the same name.
    package var pools: [Name: Pool] = [:]
    package var position: Position
    /// Where each field was written, by its path such as `capacity.memory`; what was not written has no place.
    package var positions: [String: Position] = [:]

    package init(name: Name, address: Address, position: Position) {
        self.name = name
        self.address = address
        self.position = position
    }
}
