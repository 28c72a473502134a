import YAML

/// The keys of a node.
enum NodeKeys {
    static let address = Key(
        "address", Kind<Node.Address>.nodeAddress,
        "The node's address, or a `Host` of ssh_config; `local` is this machine, without ssh.", example: "10.77.0.11")
    static let user = Key(
        "user", Kind<String>.userName, "The user to log in as; other than root it needs `sudo -n`.",
        unset: "ssh_config's", example: "root")
    static let port = Key(
        "port", Kind<Int>.integer(1...65_535, "a port"), "The ssh port.", unset: "ssh_config's, else `22`",
        example: "22")
    static let identity = Key(
        "identity", Kind<String>.path, "The private key's file; KVMCTL_IDENTITY overrides it.",
        unset: "the agent's and ssh_config's", example: "~/.ssh/id_ed25519")
    static let hostKey = Key(
        "hostKey", Kind<String>.hostKey, "The pinned fingerprint of the host key.", unset: "the key in known_hosts",
        example: "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")
    static let jump = Key(
        "jump", Kind<String>.jump, "The jump host to connect through: `[user@]host[:port]`.", unset: "none",
        example: "bastion.example.org")
    static let overlay = Key(
        "overlay", Kind<IPv4Address>.address,
        "The address at which other nodes send it the frames of networks of mode \(NetworkModes.code { $0.traits.isCarried }).",
        unset: "the one by which kvmctl reaches it; required for `local`", example: "10.20.0.11")
    static let labels = Key(
        "labels", Kind<[String: String]>.labels, "Labels that `placement` can refer to.", unset: "none",
        example: "{rack: a}")
    static let state = Key(
        "state", Kind<Node.State>.choice,
        "The node's state: `cordoned` takes no new instances, `maintenance` is drained, `offline` is off and not contacted, `lost` will not come back.",
        unset: "`active`", example: "active")
    static let bringBack = Key(
        "bringBack", Kind<Bool>.boolean,
        "Whether the instances that `maintenance` migrated away return once it is `active` again.",
        unset: "`false`", example: "true")
    static let capacity = Key(
        "capacity", Kind<Capacity>.capacity, "The capacity that instances may use.", unset: "as the node reports",
        example: "{vcpus: 16, memory: 64GiB}")
    static let overcommit = Key(
        "overcommit", Kind<Node.Overcommit>.overcommit, "The factors by which instances may exceed the capacity.",
        unset: "`{vcpus: 4, memory: 1}`", example: "{vcpus: 2}")
    static let pools = Key(
        "pools", Kind<[(name: Name, mark: Position, value: PoolFields)]>.named("pools", .poolFields),
        "Settings of the cluster's pools that differ on this node.", unset: "nothing",
        example: "{local: {path: /data/vm}}")
    static let table = Table(
        "a node",
        [address, user, port, identity, hostKey, jump, overlay, labels, state, bringBack, capacity, overcommit, pools],
        required: [address], principal: address)
}

/// What a person says that a node has.
struct Capacity {
    var vcpus: Int?
    var memory: Size?
}

/// The keys of a capacity.
enum CapacityKeys {
    static let vcpus = Key(
        "vcpus", Kind<Int>.integer(1...65_536, "a number of CPUs"), "CPUs.", unset: "as the node reports",
        example: "16")
    static let memory = Key("memory", Kind<Size>.memory, "Memory.", unset: "as the node reports", example: "64GiB")
    static let table = Table("a capacity", [vcpus, memory])
}

/// The keys of an overcommit.
enum OvercommitKeys {
    static let vcpus = Key(
        "vcpus", Kind<Double>.positive(upTo: 1_000), "Virtual CPUs per CPU.", unset: "`4`", example: "2")
    static let memory = Key(
        "memory", Kind<Double>.positive(upTo: 100), "Memory of instances per byte of the node's memory.", unset: "`1`",
        example: "1.5")
    static let table = Table("an overcommit", [vcpus, memory])
}

extension Kind where Value == Capacity {
    /// What counts as a node's CPUs and memory.
    static var capacity: Kind {
        .object(
            CapacityKeys.table, { [CapacityKeys.vcpus.written($0.vcpus), CapacityKeys.memory.written($0.memory)] }
        ) { reader in
            Capacity(vcpus: reader.optional(CapacityKeys.vcpus), memory: reader.optional(CapacityKeys.memory))
        }
    }
}

extension Kind where Value == Node.Overcommit {
    /// Factors; what is not given keeps its default.
    static var overcommit: Kind {
        .object(
            OvercommitKeys.table,
            { [OvercommitKeys.vcpus.written($0.vcpus), OvercommitKeys.memory.written($0.memory)] }
        ) { reader in
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
            node.overlay = reader.optional(NodeKeys.overlay)
            node.labels = reader.optional(NodeKeys.labels) ?? [:]
            node.state = reader.optional(NodeKeys.state) ?? .active
            node.bringsBack = reader.optional(NodeKeys.bringBack) ?? false
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
