/// Guests are in a libvirt network that is there already and never ours.
struct ExistingMode: NetworkMode {
    static let name = "existing"
    static let summary = "as libvirt's own network does"
    static let replacesMode: String? = "libvirt's network has its own"
    static let traits = NetworkTraits(dhcpServer: .present)
    static let fields = [
        Field(
            required: Key(
                "existing", .libvirtName,
                "An existing libvirt network, which kvmctl never changes; replaces `mode`.",
                example: "default"), \ExistingMode.network)
    ]

    /// What libvirt calls the network.
    var network = ""

    init() {}

    var link: NetworkLink { .existing(network) }
    var argument: String? { network }

    static func reading(_ link: NetworkLink) -> ExistingMode? {
        guard case .existing(let network) = link else { return nil }
        var mode = ExistingMode()
        mode.network = network
        return mode
    }

    func obstacle(to network: Name, on node: some NodeEquipment) -> NetworkObstacle? {
        guard let found = node.libvirtNetwork(self.network) else {
            return NetworkObstacle(
                "it has no libvirt network \(self.network) (network \(network))",
                remedy: "define it on \(node.name) with virsh net-define, or give the NIC another network")
        }
        guard !found.isActive else { return nil }
        return NetworkObstacle(
            "its libvirt network \(self.network) is not running (network \(network))",
            remedy: "start it on \(node.name): virsh net-start \(self.network)"
                + (found.autostart ? "" : "; virsh net-autostart \(self.network)"))
    }
}

extension Network.Mode {
    package static func existing(_ network: String) -> Network.Mode {
        var mode = ExistingMode()
        mode.network = network
        return Network.Mode(mode)
    }
}

extension Kind where Value == String {
    /// The name of something of libvirt's own.
    fileprivate static var libvirtName: Kind {
        .word("the name of a libvirt network", pattern: "^[A-Za-z0-9_.+-]+$", limit: 100) {
            $0.isAlphanumeric || "_.+-".unicodeScalars.contains($0)
        }
    }
}
