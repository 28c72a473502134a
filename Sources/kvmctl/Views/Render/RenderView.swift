import Spec

/// The effective spec, in the spec's own language: variables, profiles, groups and members put in.
struct RenderView {
    let cluster: Cluster

    /// The format of the document.
    enum Format: String, Sendable, CaseIterable {
        case yaml, json
    }

    func render(_ format: Format) -> String {
        switch format {
        case .yaml: value.yaml
        case .json: value.json
        }
    }

    /// Sections without anything in them are left out.
    var value: StructuredValue {
        let part = cluster.parts.count == 1 ? cluster.parts.first : nil
        return .known([
            ("apiVersion", "kvmctl/v1"), ("cluster", .text(cluster.name.text)), ("id", cluster.id.map { .text($0) }),
            ("part", part.map { .text($0.text) }), ("migration", RenderView.migration(cluster.migration)),
            ("nodes", section(cluster.nodes, RenderView.node)),
            ("pools", section(cluster.pools, RenderView.pool)),
            ("flavors", section(cluster.flavors, RenderView.flavor)),
            ("images", section(cluster.images, RenderView.image)),
            ("networks", section(cluster.networks, RenderView.network)),
            ("instances", section(cluster.instances, RenderView.instance)),
        ])
    }

    private func section<Value>(_ things: [Name: Value], _ body: (Value) -> StructuredValue) -> StructuredValue? {
        things.isEmpty ? nil : .map(things, body)
    }

    /// Nil where nothing is said of it.
    private static func migration(_ policy: MigrationPolicy) -> StructuredValue? {
        guard policy != MigrationPolicy() else { return nil }
        return .known([
            ("bandwidth", policy.bandwidth.map { .text("\($0)/s") }), ("encrypted", .boolean(policy.encrypted)),
            ("postCopy", .boolean(policy.postCopy)), ("perNode", .count(policy.perNode)),
        ])
    }

    private static func node(_ node: Spec.Node) -> StructuredValue {
        let address: String =
            switch node.address {
            case .local: "local"
            case .host(let host): host
            }
        let capacity: StructuredValue = .known([
            ("vcpus", node.capacityVCPUs.map { .count($0) }),
            ("memory", node.capacityMemory.map { .text($0.description) }),
        ])
        return .known([
            ("address", .text(address)), ("user", node.user.map { .text($0) }), ("port", node.port.map { .count($0) }),
            ("identity", node.identity.map { .text($0) }), ("hostKey", node.hostKey.map { .text($0) }),
            ("jump", node.jump.map { .text($0) }), ("labels", node.labels.isEmpty ? nil : .labels(node.labels)),
            ("state", .text(node.state.rawValue)), ("capacity", capacity == [:] ? nil : capacity),
            ("overcommit", ["vcpus": .number(node.overcommit.vcpus), "memory": .number(node.overcommit.memory)]),
            ("pools", node.pools.isEmpty ? nil : .map(node.pools, pool)),
        ])
    }

    private static func pool(_ pool: Pool) -> StructuredValue {
        ["type": .text(pool.kind.rawValue), "path": .text(pool.path), "shared": .boolean(pool.shared)]
    }

    private static func flavor(_ flavor: Flavor) -> StructuredValue {
        .known([
            ("vcpus", flavor.vcpus.map { .count($0) }), ("memory", flavor.memory.map { .text($0.description) }),
            ("disk", flavor.disk.map { .text($0.description) }),
        ])
    }

    private static func image(_ image: Image) -> StructuredValue {
        let source: String =
            switch image.source {
            case .file(let path): path
            case .url(let url): url
            }
        return .known([("source", .text(source)), ("checksum", image.checksum.map { .text($0.description) })])
    }

    private static func network(_ network: Network) -> StructuredValue {
        var mode: [(String, StructuredValue?)] = []
        switch network.mode {
        case .nat: mode = [("mode", "nat")]
        case .isolated: mode = [("mode", "isolated")]
        case .bridge(let bridge): mode = [("mode", "bridge"), ("bridge", .text(bridge))]
        case .existing(let name): mode = [("existing", .text(name))]
        }
        let dhcp: StructuredValue? =
            switch network.dhcp {
            case nil: nil
            case .range(let range): self.range(range)
            case .some(.none): "none"
            case .external: "external"
            }
        return .known(
            mode + [
                ("cidr", network.cidr.map { .text($0.description) }),
                ("gateway", network.gateway.map { .text($0.description) }), ("addresses", network.addresses.map(range)),
                ("dhcp", dhcp), ("dns", network.dns.isEmpty ? nil : .texts(network.dns.map(\.description))),
            ])
    }

    private static func range(_ range: AddressRange) -> StructuredValue {
        ["from": .text(range.from.description), "to": .text(range.to.description)]
    }
}
