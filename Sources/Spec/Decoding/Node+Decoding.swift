import YAML

/// The keys of a node.
enum NodeKeys {
    static let address = Key(
        "address", Kind<Node.Address>.nodeAddress, "Its address or Host of ssh_config; local for this machine.")
    static let user = Key("user", Kind<String>.userName, "The user to log in as; default: ssh_config's.")
    static let port = Key("port", Kind<Int>.integer(1...65_535, "a port"), "The ssh port; default: ssh_config's, 22.")
    static let identity = Key("identity", Kind<String>.path, "The private key's file.")
    static let hostKey = Key("hostKey", Kind<String>.hostKey, "The host key's fingerprint, pinned.")
    static let jump = Key("jump", Kind<String>.jump, "A bastion: [user@]host[:port].")
    static let labels = Key("labels", Kind<[String: String]>.labels, "Labels that placement can ask for.")
    static let state = Key("state", Kind<Node.State>.choice, "What a person says of the node.")
    static let capacity = Key("capacity", Kind<Capacity>.capacity, "What counts as the node's; default: what it has.")
    static let overcommit = Key(
        "overcommit", Kind<Node.Overcommit>.overcommit, "How much more than that may be promised.")
    static let pools = Key(
        "pools", Kind<[(name: Name, mark: Mark, value: PoolFields)]>.named("pools", .poolFields),
        "Pools that differ on this node.")
    static let table = Table(
        "a node", [address, user, port, identity, hostKey, jump, labels, state, capacity, overcommit, pools],
        required: [address])
}

/// What a person says that a node has.
struct Capacity {
    var vcpus: Int?
    var memory: Size?
}

/// The keys of a capacity.
enum CapacityKeys {
    static let vcpus = Key("vcpus", Kind<Int>.integer(1...65_536, "a number of CPUs"), "CPUs.")
    static let memory = Key("memory", Kind<Size>.memory, "Memory.")
    static let table = Table("a capacity", [vcpus, memory])
}

/// The keys of an overcommit.
enum OvercommitKeys {
    static let vcpus = Key("vcpus", Kind<Double>.positive(upTo: 1_000), "Virtual CPUs for each CPU; default 4.")
    static let memory = Key("memory", Kind<Double>.positive(upTo: 100), "Promised memory for what there is; default 1.")
    static let table = Table("an overcommit", [vcpus, memory])
}

extension Kind where Value == Capacity {
    /// What counts as a node's CPUs and memory.
    static var capacity: Kind {
        .object(CapacityKeys.table) { reader in
            Capacity(vcpus: reader.optional(CapacityKeys.vcpus), memory: reader.optional(CapacityKeys.memory))
        }
    }
}

extension Kind where Value == Node.Overcommit {
    /// Factors; what is not given keeps its default.
    static var overcommit: Kind {
        .object(OvercommitKeys.table) { reader in
            var overcommit = Node.Overcommit()
            if let vcpus = reader.optional(OvercommitKeys.vcpus) { overcommit.vcpus = vcpus }
            if let memory = reader.optional(OvercommitKeys.memory) { overcommit.memory = memory }
            return overcommit
        }
    }
}

extension Node {
    /// Reads a node; nil where it has no usable address.
    init?(_ definition: Definition, pools: [Name: Pool], context: DecodingContext) {
        let read = context.recording { () -> Node? in
            guard let reader = definition.reader(NodeKeys.table, context) else { return nil }
            let address = reader.required(NodeKeys.address)
            var node = Node(name: definition.name, address: address ?? .local, position: definition.position)
            node.user = reader.optional(NodeKeys.user)
            node.port = reader.optional(NodeKeys.port)
            node.identity = reader.optional(NodeKeys.identity)
            node.hostKey = reader.optional(NodeKeys.hostKey)
            node.jump = reader.optional(NodeKeys.jump)
            node.labels = reader.optional(NodeKeys.labels) ?? [:]
            node.state = reader.optional(NodeKeys.state) ?? .active
            let capacity = reader.optional(NodeKeys.capacity)
            node.capacityVCPUs = capacity?.vcpus
            node.capacityMemory = capacity?.memory
            node.overcommit = reader.optional(NodeKeys.overcommit) ?? Overcommit()
            for (name, mark, fields) in reader.optional(NodeKeys.pools) ?? [] {
                node.pools[name] = Pool(name: name, fields, over: pools[name], at: mark, context: context)
            }
            return node
        }
        guard var node = read.value else { return nil }
        node.positions = read.positions
        self = node
    }
}
