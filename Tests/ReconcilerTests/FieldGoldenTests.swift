import Foundation
import Reconciler
import Roles
import Spec
import TestNames
import TestTools
import Testing

/// Every field of an instance, changed in each way that matters: the plan that answers it, reviewed by hand, does what it
/// says, and leaves nothing to do.
@Suite("Changing each field of an instance") struct FieldGoldenTests {
    static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes:
          kvm1: {address: 10.77.0.11, capacity: {vcpus: 12, memory: 8GiB}}
          kvm2: {address: 10.77.0.12, capacity: {vcpus: 12, memory: 8GiB}}
        images: {debian: {source: debian.qcow2}, fedora: {source: fedora.qcow2}}
        flavors: {small: {vcpus: 2, memory: 1GiB, disk: 3GiB}, large: {vcpus: 4, memory: 2GiB, disk: 6GiB}}
        pools: {fast: {path: /data/fast}}
        networks:
          front: {mode: nat, cidr: 192.168.222.0/24, addresses: {from: 192.168.222.10, to: 192.168.222.99}}
          lan: {mode: bridge, bridge: br0, cidr: 10.77.0.0/24, gateway: 10.77.0.1, addresses: {from: 10.77.0.150, to: 10.77.0.180}, dhcp: none}
        profiles: {plain: {autostart: true}, loud: {vcpus: 3}}
        instances:
          db:
            profiles: [plain]
            image: debian
            vcpus: 2
            memory: 1GiB
            disk: 3GiB
            nics: {eth0: {network: front}, eth1: {network: lan}}
            disks: {data: {size: 1GiB}}
            node: kvm1
            access: {user: ops, sshKeys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE3iuQ9fmGTSPtFqDUYtNQnc3Vn0bZ8C0R0qUa4cVZ8c one]}
            cloudInit: {locale: C}
          web:
            image: debian
            flavor: small
            count: 3
            networks: [lan]
            node: kvm2
          solo: {image: debian, flavor: small, node: kvm2}

        """

    /// A change of the spec, of the world, or of both.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// The schema's fields that it is about.
        let fields: [String]
        var replacements: [(String, String)] = []
        /// What the first apply had in other words.
        var before: [(String, String)] = []
        var drift: @Sendable (inout ObservedDomain) -> Void = { _ in }
        /// Whether the plan refuses or cannot yet, so that applying it does not end what differs.
        var isLeft = false
        var testDescription: String { name }

        init(
            _ name: String, _ fields: [String], _ replacements: (String, String)..., before: [(String, String)] = [],
            isLeft: Bool = false, drift: @escaping @Sendable (inout ObservedDomain) -> Void = { _ in }
        ) {
            self.name = name
            self.fields = fields
            self.replacements = replacements
            self.before = before
            self.isLeft = isLeft
            self.drift = drift
        }
    }

    private static let never = ("    image: debian\n    vcpus", "    image: debian\n    rebootPolicy: never\n    vcpus")
    private static let stopped = ("    image: debian\n    vcpus", "    image: debian\n    power: off\n    vcpus")

    static let cases: [Case] = [
        Case(
            "labels", ["labels"], ("labels: {tier: db, old: x}", "labels: {tier: web, site: b}"),
            before: [("    image: debian\n    vcpus", "    image: debian\n    labels: {tier: db, old: x}\n    vcpus")]),
        Case("vcpus-up", ["vcpus"], ("vcpus: 2\n", "vcpus: 4\n")),
        Case("vcpus-up-beyond-head-room", ["vcpus"], ("vcpus: 2\n", "vcpus: 6\n")),
        Case("vcpus-down", ["vcpus"], ("vcpus: 2\n", "vcpus: 1\n")),
        Case("vcpus-down-never-rebooted", ["vcpus", "rebootPolicy"], ("vcpus: 2\n", "vcpus: 1\n"), never),
        Case("vcpus-down-stopped", ["vcpus", "power"], ("vcpus: 2\n", "vcpus: 1\n"), before: [stopped]),
        Case("vcpus-more-than-the-node", ["vcpus"], ("vcpus: 2\n", "vcpus: 13\n"), isLeft: true),
        Case("vcpus-drift", ["vcpus"]) { $0.vcpus = 1 },
        Case("vcpus-drift-live", ["vcpus"]) { $0.running?.vcpus = 1 },
        Case("memory-up-by-module", ["memory"], ("memory: 1GiB\n", "memory: 2GiB\n")),
        Case("memory-up-by-an-odd-amount", ["memory"], ("memory: 1GiB\n", "memory: 1100MiB\n")),
        Case("memory-up-beyond-head-room", ["memory"], ("memory: 1GiB\n", "memory: 5GiB\n")),
        Case("memory-down", ["memory"], ("memory: 1GiB\n", "memory: 512MiB\n")),
        Case("memory-below-use", ["memory"], ("memory: 1GiB\n", "memory: 512MiB\n"), isLeft: true) {
            $0.running?.usedMemory = .mebibytes(700)
        },
        Case("memory-more-than-the-node", ["memory"], ("memory: 1GiB\n", "memory: 9GiB\n"), isLeft: true),
        Case("memory-drift", ["memory"]) { $0.running?.memory = .mebibytes(700) },
        Case("cpu", ["hardware"], ("vcpus: 2\n", "vcpus: 2\n    hardware: {cpu: EPYC}\n")),
        Case(
            "cpu-never-rebooted", ["hardware"], ("vcpus: 2\n", "vcpus: 2\n    hardware: {cpu: Penryn}\n"), never),
        Case(
            "cpu-removed", ["hardware"], ("    hardware: {cpu: Penryn}\n", ""),
            before: [("vcpus: 2\n", "vcpus: 2\n    hardware: {cpu: Penryn}\n")]),
        Case(
            "hardware", ["hardware"],
            (
                "vcpus: 2\n",
                "vcpus: 2\n    hardware: {nested: true, machine: pc-q35-7.2, firmware: uefi, tpm: true, graphics: none, video: none, rng: false}\n"
            )),
        Case(
            "kept-before-uefi", ["snapshotBefore", "hardware"],
            ("vcpus: 2\n", "vcpus: 2\n    hardware: {firmware: uefi}\n    snapshotBefore: [update]\n"), isLeft: true),
        Case(
            "hardware-removed", ["hardware"], ("    hardware: {firmware: uefi, tpm: true, video: virtio}\n", ""),
            before: [("vcpus: 2\n", "vcpus: 2\n    hardware: {firmware: uefi, tpm: true, video: virtio}\n")]),
        Case(
            "hardware-edited-by-hand", ["hardware"],
            before: [("vcpus: 2\n", "vcpus: 2\n    hardware: {firmware: uefi, tpm: true, graphics: vnc}\n")]
        ) { domain in
            domain.machine["hardware.firmware"] = "bios"
            domain.machine["hardware.tpm"] = "false"
        },
        Case(
            "root-disk", ["rootDisk"],
            ("vcpus: 2\n", "vcpus: 2\n    rootDisk: {bus: scsi, cache: none, io: native, discard: ignore}\n")),
        Case(
            "root-disk-never-rebooted", ["rootDisk"],
            ("vcpus: 2\n", "vcpus: 2\n    rootDisk: {cache: writeback}\n"), never),
        Case(
            "root-disk-removed", ["rootDisk"], ("    rootDisk: {bus: sata, cache: none}\n", ""),
            before: [("vcpus: 2\n", "vcpus: 2\n    rootDisk: {bus: sata, cache: none}\n")]),
        Case(
            "root-disk-edited-by-hand", ["rootDisk"],
            before: [("vcpus: 2\n", "vcpus: 2\n    rootDisk: {bus: virtio, cache: none}\n")]
        ) { domain in
            domain.machine["rootDisk.bus"] = "sata"
            domain.machine["rootDisk.cache"] = "writeback"
        },
        Case(
            "root-disk-on-scsi-detached", ["rootDisk"],
            before: [("vcpus: 2\n", "vcpus: 2\n    rootDisk: {bus: scsi, cache: none}\n")]
        ) { domain in
            domain.disks.removeAll { $0.name == "root" }
            for option in ["bus", "cache"] { domain.machine["rootDisk.\(option)"] = nil }
        },
        Case("disk-up", ["disk"], ("disk: 3GiB\n", "disk: 5GiB\n")),
        Case("disk-up-stopped", ["disk"], ("disk: 3GiB\n", "disk: 5GiB\n"), before: [stopped]),
        Case("disk-down", ["disk"], ("disk: 3GiB\n", "disk: 2GiB\n"), isLeft: true),
        Case(
            "disk-options", ["disks.bus", "disks.cache", "disks.io", "disks.discard", "disks.readonly"],
            (
                "data: {size: 1GiB}",
                "data: {size: 1GiB, bus: scsi, cache: none, io: native, discard: ignore, readonly: true}"
            )),
        Case(
            "disk-options-removed", ["disks.cache"], (", bus: scsi, cache: none", ""),
            before: [("data: {size: 1GiB}", "data: {size: 1GiB, bus: scsi, cache: none}")]),
        Case(
            "disk-options-never-rebooted", ["disks.cache"], ("data: {size: 1GiB}", "data: {size: 1GiB, cache: none}"),
            never),
        Case(
            "disk-added-on-sata", ["disks.bus"],
            ("data: {size: 1GiB}", "data: {size: 1GiB}, old: {size: 1GiB, bus: sata}")),
        Case(
            "disk-removed-from-sata", ["disks.bus"], (", old: {size: 1GiB, bus: sata}", ""),
            before: [("data: {size: 1GiB}", "data: {size: 1GiB}, old: {size: 1GiB, bus: sata}")]),
        Case(
            "disk-options-edited-by-hand", ["disks.discard"],
            before: [("data: {size: 1GiB}", "data: {size: 1GiB, discard: unmap, readonly: true}")]
        ) { domain in
            for index in domain.disks.indices where domain.disks[index].name == "data" {
                domain.disks[index].options = [.discard: "ignore", .readonly: "false"]
            }
        },
        Case("pool", ["pool"], ("disk: 3GiB\n    nics", "disk: 3GiB\n    pool: fast\n    nics")),
        Case(
            "pool-stopped", ["pool", "power"], ("disk: 3GiB\n    nics", "disk: 3GiB\n    pool: fast\n    nics"),
            before: [stopped]),
        Case(
            "pool-with-a-new-image", ["pool", "image"],
            ("disk: 3GiB\n    nics", "disk: 3GiB\n    pool: fast\n    nics"),
            ("    image: debian\n    vcpus", "    image: fedora\n    imageChange: replace\n    vcpus")),
        Case(
            "pool-with-a-snapshot", ["pool"], ("disk: 3GiB\n    nics", "disk: 3GiB\n    pool: fast\n    nics"),
            isLeft: true
        ) {
            $0.snapshots.append(.init(name: "before", hasMemory: false, isExternal: false))
        },
        Case("data-disk-up", ["disks.size"], ("data: {size: 1GiB}", "data: {size: 2GiB}")),
        Case("data-disk-down", ["disks.size"], ("data: {size: 1GiB}", "data: {size: 512MiB}"), isLeft: true),
        Case("data-disk-pool", ["disks.pool"], ("data: {size: 1GiB}", "data: {size: 1GiB, pool: fast}")),
        Case(
            "data-disk-pool-and-size", ["disks.pool", "disks.size"],
            ("data: {size: 1GiB}", "data: {size: 2GiB, pool: fast}")),
        Case(
            "data-disk-added", ["disks", "disks.pool"],
            ("data: {size: 1GiB}", "data: {size: 1GiB}, logs: {size: 1GiB, pool: fast}")),
        Case("data-disk-removed", ["disks"], ("disks: {data: {size: 1GiB}}", "disks: {}")),
        Case("data-disk-unplugged-by-hand", ["disks"]) { $0.running?.disks.removeAll { $0.name == "data" } },
        Case("seed-ejected-by-hand", ["disks"]) { $0.disks.removeAll { $0.name == "seed" } },
        Case("root-disk-unplugged-by-hand", ["disk"]) { domain in
            domain.disks.removeAll { $0.name == "root" }
            domain.running?.disks.removeAll { $0.name == "root" }
        },
        Case("nic-mtu", ["nics.mtu"], ("eth0: {network: front}", "eth0: {network: front, mtu: 1400}")),
        Case(
            "nic-routes", ["nics.routes", "nics.defaultRoute"],
            (
                "eth0: {network: front}, eth1: {network: lan}",
                "eth0: {network: front, routes: [{to: 10.8.0.0/16, via: 192.168.222.7}, {to: 10.9.0.1, via: 192.168.222.8}]}, eth1: {network: lan, defaultRoute: true}"
            )),
        Case(
            "nic-routes-stopped", ["nics.routes"],
            (
                "eth0: {network: front}",
                "eth0: {network: front, routes: [{to: 10.8.0.0/16, via: 192.168.222.7}], defaultRoute: false}"
            ), before: [stopped]),
        Case(
            "nic-routes-removed", ["nics.routes"], (", routes: [{to: 10.8.0.0/16, via: 192.168.222.7}]", ""),
            before: [
                (
                    "eth0: {network: front}",
                    "eth0: {network: front, routes: [{to: 10.8.0.0/16, via: 192.168.222.7}]}"
                )
            ]),
        Case(
            "nic-bandwidth", ["nics.bandwidth"],
            ("eth0: {network: front}", "eth0: {network: front, bandwidth: {in: 100Mbit, out: 8kbit}}")),
        Case(
            "nic-bandwidth-removed", ["nics.bandwidth"], (", bandwidth: {in: 1Gbit}", ""),
            before: [("eth0: {network: front}", "eth0: {network: front, bandwidth: {in: 1Gbit}}")]),
        Case(
            "nic-bandwidth-lifted-by-hand", ["nics.bandwidth"],
            before: [("eth0: {network: front}", "eth0: {network: front, bandwidth: {in: 1Gbit}}")]
        ) { domain in
            for index in domain.nics.indices { domain.running?.nics[index].bandwidth = nil }
        },
        Case("nic-moved", ["nics.network"], ("eth0: {network: front}", "eth0: {network: lan}")),
        Case(
            "nic-vlan", ["nics.network"], ("bridge: ovs0, vlan: 42", "bridge: ovs0, vlan: 43"),
            before: [("mode: bridge, bridge: br0", "mode: ovs, bridge: ovs0, vlan: 42")]),
        Case(
            "nic-vlan-by-hand", ["nics.network"],
            before: [("mode: bridge, bridge: br0", "mode: ovs, bridge: ovs0, vlan: 42")]
        ) { domain in
            for index in domain.nics.indices where domain.nics[index].name == name("eth1") {
                domain.running?.nics[index].attachment = .bridge(BridgePort("ovs0", vlan: 44, isOpenSwitch: true))
            }
        },
        Case("nic-added", ["nics"], ("eth1: {network: lan}", "eth1: {network: lan}, eth2: {network: front}")),
        Case("nic-removed", ["nics"], (", eth1: {network: lan}", "")),
        Case("nic-moved-by-hand", ["nics.network"]) { domain in
            for index in domain.nics.indices where domain.nics[index].name == name("eth0") {
                domain.nics[index].attachment = .bridge("br0")
                domain.running?.nics[index].attachment = .bridge("br0")
            }
        },
        Case("nic-unplugged-by-hand", ["nics"]) { domain in
            domain.nics.removeAll { $0.name == name("eth1") }
            domain.running?.nics.removeAll { $0.name == name("eth1") }
        },
        Case(
            "nic-address", ["nics.address"], ("eth1: {network: lan}", "eth1: {network: lan, address: 10.77.0.190}")),
        Case(
            "nic-mac", ["nics.mac"], ("eth0: {network: front}", "eth0: {network: front, mac: \"52:54:00:00:00:77\"}")),
        Case("networks-shorthand", ["networks"], ("networks: [lan]", "networks: [lan, front]")),
        Case("cloud-init", ["cloudInit"], ("locale: C", "locale: D")),
        Case(
            "cloud-init-ignored", ["cloudInit", "onChange"],
            ("cloudInit: {locale: C}", "cloudInit: {locale: D}\n    onChange: ignore")),
        Case(
            "cloud-init-reprovision", ["cloudInit", "onChange"],
            ("cloudInit: {locale: C}", "cloudInit: {locale: D}\n    onChange: reprovision")),
        Case(
            "cloud-init-replace", ["cloudInit", "onChange"],
            ("cloudInit: {locale: C}", "cloudInit: {locale: D}\n    onChange: replace")),
        Case(
            "hostname", ["hostname"],
            ("vcpus: 2\n    memory", "vcpus: 2\n    hostname: s4-controller.lab.example\n    memory")),
        Case(
            "hostname-removed-with-a-reboot", ["hostname", "onChange"],
            ("    hostname: s4-controller.lab.example\n", "    onChange: reprovision\n"),
            before: [("vcpus: 2\n    memory", "vcpus: 2\n    hostname: s4-controller.lab.example\n    memory")]),
        Case("access-user", ["access.user"], ("user: ops", "user: root")),
        Case("access-keys", ["access.sshKeys"], ("VZ8c one", "VZ8c two")),
        Case(
            "access-password", ["access.rootPassword"], ("user: ops", "user: ops, rootPassword: {env: ROOT_PASSWORD}")),
        Case(
            "image", ["image"], ("image: debian\n    vcpus", "image: fedora\n    imageChange: replace\n    vcpus")),
        Case("image-by-default", ["image"], ("image: debian\n    vcpus", "image: fedora\n    vcpus")),
        Case(
            "image-ignored", ["image", "imageChange"],
            ("image: debian\n    vcpus", "image: fedora\n    imageChange: ignore\n    vcpus")),
        Case(
            "installed", ["install"],
            ("fedora: {source: fedora.qcow2}}", "fedora: {source: fedora.qcow2}, cd: {source: cd.iso}}"),
            (
                "  solo: {",
                "  fresh: {install: {iso: cd, until: reboot, timeout: 2h}, flavor: small, node: kvm2}\n  solo: {"
            )),
        Case(
            "image-protected", ["image", "protect"],
            ("image: debian\n    protect: true", "image: fedora\n    imageChange: replace\n    protect: true"),
            before: [("image: debian\n    vcpus", "image: debian\n    protect: true\n    vcpus")], isLeft: true),
        Case(
            "image-of-a-group", ["image", "rollout"],
            ("image: debian\n    flavor", "image: fedora\n    imageChange: replace\n    flavor")),
        Case("flavor", ["flavor"], ("flavor: small, node", "flavor: large, node")),
        Case("profiles", ["profiles"], ("profiles: [plain]", "profiles: [plain, loud]"), ("    vcpus: 2\n", "")),
        Case(
            "kept-before-a-reboot", ["snapshotBefore"],
            ("vcpus: 2\n", "vcpus: 1\n    snapshotBefore: [update]\n    labels: {tier: db}\n")),
        Case(
            "kept-before-another-image", ["snapshotBefore"],
            (
                "    image: debian\n    vcpus: 2\n",
                "    image: fedora\n    imageChange: replace\n    vcpus: 6\n    snapshotBefore: [update, replace]\n"
            )),
        Case(
            "kept-before-provisioning-anew", ["snapshotBefore"],
            ("locale: C}", "locale: D}\n    onChange: reprovision\n    snapshotBefore: [update]")),
        Case(
            "kept-before-a-reboot-of-raw", ["snapshotBefore"],
            ("vcpus: 2\n", "vcpus: 1\n    snapshotBefore: [update]\n"), isLeft: true
        ) { domain in
            for index in domain.disks.indices { domain.disks[index].format = "raw" }
        },
        Case(
            "kept-before-a-reboot-of-a-group", ["snapshotBefore", "rollout"],
            (
                "flavor: small\n    count: 3",
                "vcpus: 1\n    memory: 1GiB\n    disk: 3GiB\n    count: 3\n    snapshotBefore: [update]"
            )),
        Case("count-up", ["count"], ("count: 3", "count: 4")),
        Case("count-down", ["count"], ("count: 3", "count: 2")),
        Case("count-added", ["count"], ("solo: {image: debian,", "solo: {image: debian, count: 2,")),
        Case("members", ["members"], ("count: 3", "count: 3\n    members: {2: {memory: 512MiB}}")),
        Case(
            "rollout", ["rollout"],
            ("flavor: small\n    count: 3", "vcpus: 1\n    memory: 1GiB\n    disk: 3GiB\n    count: 3")),
        Case(
            "rollout-two-at-once", ["rollout"],
            (
                "flavor: small\n    count: 3",
                "vcpus: 1\n    memory: 1GiB\n    disk: 3GiB\n    count: 3\n    rollout: {maxUnavailable: 2}"
            )),
        Case("renamed", ["renamedFrom"], ("  solo: {", "  single: {renamedFrom: solo, ")),
        Case("ignored", ["ignore"], ("memory: 1GiB\n", "memory: 2GiB\n    ignore: [memory]\n")),
        Case("power", ["power"], ("image: debian\n    vcpus", "image: debian\n    power: off\n    vcpus")),
        Case(
            "power-by-force", ["power", "stop"],
            (
                "image: debian\n    vcpus",
                "image: debian\n    power: off\n    stop: {timeout: 10s, force: true}\n    vcpus"
            )),
        Case(
            "autostart", ["autostart"], ("image: debian\n    vcpus", "image: debian\n    autostart: false\n    vcpus")),
        Case(
            "firewall", ["firewall"],
            (
                "image: debian\n    vcpus",
                "image: debian\n    firewall: {ingress: [{from: any, ports: [22]}]}\n    vcpus"
            )),
        Case("protect", ["protect"], ("image: debian\n    vcpus", "image: debian\n    protect: true\n    vcpus")),
        Case(
            "placement", ["placement"],
            ("flavor: small, node: kvm2", "flavor: small, placement: {spread: node}, node: kvm2")),
        Case(
            "ready", ["ready"],
            ("image: debian\n    vcpus", "image: debian\n    ready: {when: agent, timeout: 9m}\n    vcpus")),
    ]

    /// Fields whose changes are other tests' business, with where.
    private static let elsewhere: [String: String] = [
        "node": "migration", "roles": "roles", "packages": "delivery", "provision": "provisioning",
        "adopted": "adoption",
        "disks.path": "adoption, and disks that are there",
        "disks.volume": "disks that are there",
        "disks.format": "adoption, and disks that are there",
        "onMaintenance": "migration", "migration": "migration",
    ]

    @Test("Each field of the schema has a case")
    func everyField() throws {
        let schema = try JSONSerialization.jsonObject(with: Data(jsonSchema(Roles.languages).utf8)) as? [String: Any]
        let definitions = try #require(schema?["$defs"] as? [String: Any])
        func keys(_ name: String) throws -> [String] {
            let object = try #require(definitions[name] as? [String: Any])
            return try #require(object["properties"] as? [String: Any]).keys.sorted()
        }
        var fields = try keys("instance")
        fields += try keys("NIC").map { "nics.\($0)" } + keys("data-disk").map { "disks.\($0)" }
        fields += try keys("access").map { "access.\($0)" }
        let covered = Set(Self.cases.flatMap(\.fields)).union(Self.elsewhere.keys).union(["access"])
        #expect(fields.filter { !covered.contains($0) } == [])
    }

    @Test("Each effect is the answer to some change")
    func everyEffect() async throws {
        var texts = ""
        for example in Self.cases { texts += try await Self.plan(example).text }
        for effect in [FieldChange.Effect.live, .nextBoot, .reboot, .replace] {
            #expect(texts.contains("(\(effect.rawValue), edit)"), "\(effect.rawValue)")
        }
        #expect(texts.contains("(live, drift)"))
    }

    private static func inputs(_ cluster: Cluster) -> Inputs {
        Inputs(
            images: Dictionary(
                uniqueKeysWithValues: cluster.images.keys.map { image in
                    (
                        image,
                        .init(
                            fileName: "kvmctl-\(StableHash.digest(image.text)).qcow2", virtualSize: .gibibytes(2),
                            byteCount: 200 << 20,
                            checksum: Checksum(algorithm: .sha256, digest: StableHash.digest(image.text)))
                    )
                }))
    }

    private static func text(_ spec: String, _ replacements: [(String, String)]) -> String {
        replacements.reduce(spec) { text, pair in
            guard let range = text.range(of: pair.0) else {
                Issue.record("\"\(pair.0)\" is not in the spec")
                return text
            }
            return text.replacingCharacters(in: range, with: pair.1)
        }
    }

    private struct Planned {
        var plan: Plan
        var cluster: Cluster
        var fleet: FakeFleet
        var text: String { planText(plan) }
    }

    private static func plan(_ example: Case) async throws -> Planned {
        let before = text(spec, example.before)
        let applied = try cluster(before)
        var nodes = [FakeNode(name("kvm1")), FakeNode(name("kvm2"))]
        for index in nodes.indices { nodes[index].folders.insert("/data/fast") }
        let fleet = FakeFleet(ClusterIdentity(applied), nodes)
        let executor = Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1))
        for _ in 0..<2 {
            let first = Planner.plan(applied, inputs: inputs(applied), fleet: fleet.observe(applied))
            _ = await executor.run(first) { _ in }
        }
        fleet.edit { nodes in
            for key in nodes.keys {
                for (uuid, var domain) in nodes[key]?.domains ?? [:] where domain.mark?.instance == name("db") {
                    example.drift(&domain)
                    nodes[key]?.domains[uuid] = domain
                }
            }
        }
        let wanted = try cluster(text(before, example.replacements))
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: fleet.observe(wanted))
        return Planned(plan: plan, cluster: wanted, fleet: fleet)
    }

    @Test("What changed is answered with the least that does the job, and then nothing is left", arguments: cases)
    func changed(_ example: Case) async throws {
        let planned = try await Self.plan(example)
        try expectGolden(planned.text, "field-\(example.name).txt")
        let (cluster, fleet) = (planned.cluster, planned.fleet)
        let seen = fleet.observe(cluster)
        let violations = PlanChecker.violations(
            in: planned.plan, of: cluster, fleet: seen, intent: .apply(deleteData: false))
        #expect(violations.map(\.description) == [])
        let executor = Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1))
        fleet.begin()
        let report = await executor.run(planned.plan) { _ in }
        #expect(
            report.outcomes.allSatisfy { $0.outcome.isSuccess }, "\(report.outcomes.map { ($0.step.id, $0.outcome) })")
        #expect(fleet.unexpected == [])
        let next = Planner.plan(cluster, inputs: Self.inputs(cluster), fleet: fleet.observe(cluster))
        if example.isLeft {
            #expect(next.changes.filter { $0.blocked == nil } == [], "\(planText(next))")
            #expect(!next.refusals.isEmpty || !next.changes.isEmpty)
            for refusal in planned.plan.refusals { #expect(refusal.position != nil && !refusal.remedy.isEmpty) }
        } else {
            #expect(next.isEmpty && next.refusals.isEmpty, "\(planText(next))")
        }
    }
}
