import YAML

/// The keys of an instance, of a profile and of a group's member.
enum InstanceKeys {
    static let flavor = Key(
        "flavor", Kind<Name>.name, "The flavor that gives `vcpus`, `memory` and `disk` where they are not given here.",
        unset: "none", example: "small")
    static let image = Key(
        "image", Kind<Name>.name, "The image that the root disk is made from; an instance must have one.",
        example: "debian-12")
    static let pool = Key("pool", Kind<Name>.name, "The root disk's pool.", unset: "`local`", example: "local")
    static let hardware = Key(
        "hardware", Kind<HardwareFields>.hardware, "What the guest sees of its machine.", unset: "the node's best",
        example: "{cpu: Skylake-Server}")
    static let nics = Key(
        "nics", Kind<[(name: Name, mark: Position, value: NICFields)]>.named("NICs", .nic),
        "Network interfaces by name.",
        unset: "none", example: "{eth0: {network: front}}")
    static let disks = Key(
        "disks", Kind<[(name: Name, mark: Position, value: DiskFields)]>.named("disks", .disk),
        "Data disks by name; they outlive their instance.", unset: "none", example: "{data: {size: 5GiB}}")
    static let node = Key(
        "node", Kind<Name>.name, "The node it is pinned to.", unset: "placement chooses", example: "kvm1")
    static let placement = Key(
        "placement", Kind<Placement>.placement, "Where it may run.", unset: "anywhere", example: "{spread: node}")
    static let onMaintenance = Key(
        "onMaintenance", Kind<Instance.OnMaintenance>.choice,
        "What becomes of it while its node is in `maintenance`: it moves away, is stopped, or stays as it is.",
        unset: "`migrate`", example: "stop")
    static let power = Key(
        "power", Kind<Instance.Power>.power, "`on`, `off`, or `keep` for whatever it is.", unset: "`on`", example: "off"
    )
    static let autostart = Key(
        "autostart", Kind<Bool>.boolean, "Whether it starts with its node.", unset: "`true`", example: "false")
    static let protect = Key(
        "protect", Kind<Bool>.boolean, "Whether it can only be deleted or replaced after this is taken off.",
        unset: "`false`", example: "true")
    static let access = Key(
        "access", Kind<Access>.access, "Who may log in.", unset: "whom the image lets in",
        example: "{user: debian, sshKeys: [keys/ops.pub]}")
    static let cloudInit = Key(
        "cloudInit", Kind<YAML.Node>.cloudInit,
        "More cloud-init user-data, merged into kvmctl's own: the keys of a `#cloud-config` file, or `{file: PATH}` for "
            + "those of a file, or both. Variables are not put in.", unset: "none",
        example: "{packages: [nginx]}")
    static let ready = Key(
        "ready", Kind<Readiness>.readiness, "When it counts as ready; `apply` waits for it.", unset: "`running`",
        example: "{when: address, timeout: 5m}")
    static let roles = Key(
        "roles", Kind<[(name: Name, mark: Position, value: Role)]>.named("roles", .role),
        "What it is for, by names of one's own.", unset: "none", example: nil)

    static let labels = Key(
        "labels", Kind<[String: String]>.labels, "Words of one's own about it, for `kvmctl get instances -l tier=web`.",
        unset: "none", example: "{tier: web}")

    /// The short form of `nics`, which merging has replaced before anything is read.
    static let networks = Key(
        "networks", Kind<[Name]>.networks,
        "Networks to have a NIC in: eth0, eth1 and so on; short for `nics`. A list, or a map for what a NIC has there.",
        unset: "none", example: "{front: {address: 192.168.222.20}, lan: {}}")
    static let profiles = Key(
        "profiles", Kind<[Name]>.list(of: .name, "profiles"),
        "Partial instances, applied left to right, then the instance itself.", unset: "none", example: "[base]")
    static let count = Key(
        "count", Kind<Int>.integer(0...10_000, "a count"),
        "How many; they are named NAME-1 and so on. Without it there is one, named NAME.", unset: "one", example: "2")
    static let members = Key(
        "members",
        Kind<YAML.Node>(expected: "a map of members", schema: .map(.object(member)), write: { $0 }) { node, _, _ in node
        },
        "What differs for one of them, by its number.", unset: "nothing", example: "{2: {node: kvm2}}")

    static let adopted = Key(
        "adopted", Kind<Bool>.boolean,
        "Whether it was there before kvmctl; `kvmctl import` writes it. Such an instance has no image, root disk, seed "
            + "or access of kvmctl's, its disks are named by their target and given by their path, and it is never "
            + "made anew.", unset: "`false`", example: "true")

    private static let shared: [any KeyDescription] =
        [
            flavor, SizeKeys.vcpus, SizeKeys.memory, SizeKeys.disk, pool, image, hardware, nics, networks, disks, node,
            placement,
            onMaintenance,
            power, autostart, protect, access, cloudInit, ready, roles, labels,
        ] + ChangeKeys.all
    static let profile = Table("a profile", shared, acceptsNull: true)
    static let member = Table("a member", shared, acceptsNull: true)
    static let instance = Table("an instance", [profiles, count, members, adopted] + shared, acceptsNull: true)
}

/// A NIC as it is written.
struct NICFields {
    var network: Name?
    var address: IPv4Address?
    var mac: MACAddress?
}

/// The keys of a NIC.
enum NICKeys {
    static let network = Key("network", Kind<Name>.name, "The network it is in; must be given.", example: "front")
    static let address = Key(
        "address", Kind<IPv4Address>.address, "Its address.", unset: "kvmctl or DHCP chooses", example: "192.168.222.20"
    )
    static let mac = Key(
        "mac", Kind<MACAddress>.mac, "Its MAC address.", unset: "derived from the names", example: "52:54:00:12:34:56")
    static let table = Table("a NIC", [network, address, mac], principal: network)
    /// What stands below a network's name in the short form.
    static let inNetwork = Table("a network's NIC", [address, mac], acceptsNull: true, principal: address)
}

extension Kind where Value == [Name] {
    /// The short form of NICs, which `Layering` writes out; it is read here only where it is neither list nor map.
    static var networks: Kind {
        let names = Kind.list(of: .name, "networks")
        return Kind(
            expected: "a list of networks, or a map of them",
            schema: .either([names.schema, .map(.object(NICKeys.inNetwork))]), write: names.write,
            read: names.read)
    }
}

extension Kind where Value == NICFields {
    /// A NIC, which must name its network.
    static var nic: Kind {
        .object(
            NICKeys.table,
            { nic in
                [
                    NICKeys.network.written(nic.network), NICKeys.address.written(nic.address),
                    NICKeys.mac.written(nic.mac),
                ]
            }
        ) { reader in
            NICFields(
                network: reader.required(NICKeys.network), address: reader.optional(NICKeys.address),
                mac: reader.optional(NICKeys.mac))
        }
    }
}

/// A data disk as it is written.
struct DiskFields {
    var size: Size?
    var pool: Name?
    var path: String?
    var format: DiskFormat?
}

/// The keys of a data disk.
enum DiskKeys {
    static let size = Key("size", Kind<Size>.diskSize, "Its size; must be given unless its path is.", example: "5GiB")
    static let pool = Key("pool", Kind<Name>.name, "Its pool.", unset: "`local`", example: "local")
    static let path = Key(
        "path", Kind<String>.diskPath, "Where an adopted instance has it on its node.", unset: "in its pool",
        example: "/srv/vm/old.qcow2")
    static let format = Key(
        "format", Kind<DiskFormat>.choice,
        "How the file at its path is read; must be given with a path that the domain does not have yet.",
        unset: "as the domain has it", example: "qcow2")
    static let table = Table("a data disk", [size, pool, path, format], principal: size)
}

extension Kind where Value == DiskFields {
    /// A data disk, which must have a size or be there already.
    static var disk: Kind {
        .object(
            DiskKeys.table,
            { disk in
                [
                    DiskKeys.size.written(disk.size), DiskKeys.pool.written(disk.pool),
                    DiskKeys.path.written(disk.path), DiskKeys.format.written(disk.format),
                ]
            }
        ) { reader in
            DiskFields(
                size: reader.has(DiskKeys.path) ? reader.optional(DiskKeys.size) : reader.required(DiskKeys.size),
                pool: reader.optional(DiskKeys.pool), path: reader.optional(DiskKeys.path),
                format: reader.optional(DiskKeys.format))
        }
    }
}

extension Kind where Value == String {
    /// A file or block device on a node.
    static var diskPath: Kind {
        .parsed("an absolute path on the node", pattern: "^/.+") { text throws(Complaint) in
            guard text.hasPrefix("/"), text.utf8.count > 1, !text.unicodeScalars.contains(where: { $0.value < 0x20 })
            else { throw Complaint() }
            return text
        }
    }
}

extension Kind where Value == Instance.Power {
    /// `on`, `off` or `keep`; `true` and `false` too, which other tools make of the first two.
    static var power: Kind {
        let words = Instance.Power.allCases.map(\.rawValue)
        return Kind(
            expected: "one of on, off, keep", schema: .either([.choice(words), .boolean]), write: Kind.choice.write
        ) { node, path, context in
            if case .bool(let isOn)? = node.scalar?.value { return isOn ? .on : .off }
            return Kind.choice.read(node, path, context)
        }
    }
}
