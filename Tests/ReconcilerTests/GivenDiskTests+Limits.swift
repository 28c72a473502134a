import Reconciler
import Spec
import TestNames
import Testing

/// What keeps a disk of somebody's own from a guest, and a guest that has one from other things.
extension GivenDiskTests {
    private static let alias = "/dev/sdq"
    private static let identity = "/dev/disk/by-id/wwn-0x5000c500a1b2c3d4"

    /// A node of a fleet, changed.
    private static func edit(_ fleet: FakeFleet, _ node: String = "kvm1", _ change: (inout FakeNode) -> Void) {
        fleet.edit { nodes in
            guard var edited = nodes[name(node)] else { return }
            change(&edited)
            nodes[name(node)] = edited
        }
    }

    /// Two specs of a disk each on a node of its own, of which the second may be changed.
    private static func two(_ first: String, _ second: String) throws -> Cluster {
        let one = "image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB"
        return try cluster(
            of: "{a: {\(one), node: kvm1\(first)}, b: {\(one), node: kvm2\(second)}}", on: ["kvm1", "kvm2"])
    }

    private static func said(_ plan: Plan) -> String {
        let refused = plan.refusals.flatMap { [$0.reason, $0.remedy] }
        return (refused + plan.changes.compactMap(\.blocked)).joined(separator: "; ")
    }

    @Test("Two names of one device are not two disks of a guest, whether it is new or there", arguments: [true, false])
    func twoNames(_ isNew: Bool) async throws {
        let fleet =
            isNew
            ? FakeFleet(ClusterIdentity(try Self.spec("")), ["kvm1", "kvm2"].map { FakeNode(name($0)) })
            : await Self.fleet(try Self.spec(""))
        fleet.edit { nodes in
            Self.put(in: &nodes)
            nodes[name("kvm1")]?.files[Self.device]?.inode = "device 8:10"
            let device = nodes[name("kvm1")]?.files[Self.device]
            nodes[name("kvm1")]?.files[Self.alias] = device
            nodes[name("kvm1")]?.files[Self.alias]?.path = Self.alias
        }
        let plan = Self.plan(try Self.spec("lun: {path: \(Self.device)}, same: {path: \(Self.alias)}"), fleet)
        #expect(Self.said(plan).contains("its disk"), "\(planText(plan))")
        #expect(!planText(plan).contains("plug/") && !planText(plan).contains("db/define"), "\(planText(plan))")
        let read = "lun: {path: \(Self.device), readonly: true}, same: {path: \(Self.alias), readonly: true}"
        let harmless = Self.plan(try Self.spec(read), fleet)
        #expect(harmless.refusals.isEmpty, "\(planText(harmless))")
    }

    @Test("A change that keeps a snapshot before is refused beside a disk that has none, before anything is stopped")
    func snapshotBefore() async throws {
        let fleet = await Self.fleet(try Self.spec(""))
        let wanted = ", node: kvm1, snapshotBefore: [update], hardware: {cpu: host-model}"
        let raw = Self.plan(try Self.spec("lun: {path: \(Self.device)}", wanted), fleet)
        #expect(
            Self.said(raw).contains("which has no snapshots; remove the disk lun from the spec"), "\(planText(raw))")
        #expect(raw.steps.isEmpty, "\(planText(raw))")
        let read = Self.plan(try Self.spec("lun: {path: \(Self.device), readonly: true}", wanted), fleet)
        #expect(read.refusals.isEmpty && planText(read).contains("try/keep"), "\(planText(read))")
    }

    @Test("A disk without snapshots comes with what can be done about it: a block device is not converted")
    func snapshotRemedies() {
        func remedy(_ path: String, given: String? = nil) -> String? {
            var domain = ObservedDomain(
                uuid: UniqueID(derivedFrom: "db"), name: "db", power: .running, autostart: false, mark: nil, vcpus: 1,
                memory: .gibibytes(1), fingerprint: "")
            var disk = ObservedDomain.Disk(name: nil, path: path)
            (disk.given, disk.format) = (given, "raw")
            domain.disks = [disk]
            return domain.snapshotObstacle?.remedy
        }
        let own = "remove the disk lun from the spec, or write readonly: true for it, and apply"
        #expect(remedy(Self.device, given: "lun") == own)
        #expect(remedy("/srv/lun.raw", given: "lun") == own)
        #expect(remedy(Self.device) == "detach it first")
        #expect(remedy("/srv/old.raw")?.contains("qemu-img convert") == true)
    }

    @Test("A link to one of kvmctl's own files is one of those")
    func links() async throws {
        let fleet = await Self.fleet(try Self.spec(""))
        let images = fleet.nodes[name("kvm1")]?.files.keys.filter(\.isBaseImagePath) ?? []
        let image = try #require(images.first)
        for target in [image, "/var/lib/kvmctl/demo/roster.json", "/srv/.kvmctl/id"] {
            Self.edit(fleet) { $0.files[Self.path]?.target = target }
            let plan = Self.plan(try Self.spec("old: {path: \(Self.path), format: qcow2, readonly: true}"), fleet)
            #expect(Self.said(plan).contains("is one of kvmctl's own files"), "\(planText(plan))")
        }
        Self.edit(fleet) { node in
            node.files[Self.path]?.target = nil
            node.files[Self.path]?.inode = "1:2"
            node.files[image]?.inode = "1:2"
        }
        let plan = Self.plan(try Self.spec("old: {path: \(Self.path), format: qcow2, readonly: true}"), fleet)
        #expect(Self.said(plan).contains("is one of kvmctl's own files"), "\(planText(plan))")
    }

    @Test("A file that the node itself uses is refused")
    func heldFile() async throws {
        let fleet = await Self.fleet(try Self.spec(""))
        Self.edit(fleet) { $0.files[Self.path]?.isInUseByNode = true }
        let plan = Self.plan(try Self.spec("old: {path: \(Self.path), format: qcow2}"), fleet)
        #expect(Self.said(plan).contains("for swap space or a loop device; release it there"), "\(planText(plan))")
    }

    @Test(
        "Another name of a disk that a guest has is refused with both names, and nothing else is",
        arguments: [true, false])
    func renamed(_ isRunning: Bool) async throws {
        let fleet = await Self.fleet(try Self.spec(""))
        await Self.apply(Self.plan(try Self.spec("old: {path: \(Self.path), format: qcow2}"), fleet), to: fleet)
        let more = ", node: kvm1, autostart: false" + (isRunning ? "" : ", power: off")
        if !isRunning {
            let off = try Self.spec("old: {path: \(Self.path), format: qcow2}", ", node: kvm1, power: off")
            await Self.apply(Self.plan(off, fleet), to: fleet)
        }
        let plan = Self.plan(try Self.spec("new: {path: \(Self.path), format: qcow2}", more), fleet)
        #expect(Self.said(plan).contains("the guest has this disk as old"), "\(planText(plan))")
        #expect(Self.said(plan).contains("add it as new"), "\(planText(plan))")
        #expect(plan.steps.contains { $0.id.text.hasSuffix("/autostart") }, "\(planText(plan))")
        #expect(!planText(plan).contains("plug"), "\(planText(plan))")
        await Self.apply(plan, to: fleet)
        let domain = try #require(fleet.nodes[name("kvm1")]?.domains.values.first)
        #expect(domain.disks.compactMap(\.given) == ["old"])
    }

    @Test("A new instance's pool is started where the instance must be; else the way to start it is said")
    func sleepingPool() async throws {
        func wanted(_ more: String) throws -> Cluster {
            var wanted = try Self.spec("archive: {volume: archive.raw, format: raw}", more)
            wanted.pools[name("far")] = Pool(name: name("far"), path: "/data/far")
            wanted.instances[name("db")]?.disks[0].pool = name("far")
            return wanted
        }
        let fleet = FakeFleet(ClusterIdentity(try wanted("")), ["kvm1", "kvm2"].map { FakeNode(name($0)) })
        let anywhere = Self.plan(try wanted(""), fleet)
        #expect(Self.said(anywhere).contains("pin the instance to kvm"), "\(planText(anywhere))")
        Self.edit(fleet) {
            $0.pools.append(
                ObservedPool(
                    name: "cold", path: "/data/far", isActive: false, autostart: false, capacity: .gibibytes(9),
                    available: .gibibytes(9)))
        }
        let known = Self.plan(try wanted(""), fleet)
        let command = "virsh -c qemu:///system pool-start cold"
        #expect(planText(known).contains("is not started") && planText(known).contains(command), "\(planText(known))")
        let pinned = Self.plan(try wanted(", node: kvm2"), fleet)
        #expect(planText(pinned).contains("kvm2/pool/far/ensure"), "\(planText(pinned))")
        #expect(Self.said(pinned).contains("apply again if this apply starts it"), "\(planText(pinned))")
        await Self.apply(pinned, to: fleet)
        let file = "/data/far/archive.raw"
        Self.edit(fleet, "kvm2") { $0.files[file] = ObservedVolume(path: file, capacity: .gibibytes(1)) }
        let made = Self.plan(try wanted(", node: kvm2"), fleet)
        #expect(made.refusals.isEmpty && planText(made).contains("db/define"), "\(planText(made))")
    }

    @Test("A guest that is to be off is not started again after a new root disk")
    func staysOff() async throws {
        let fleet = await Self.fleet(try Self.spec(""))
        let wanted = try Self.spec("", ", node: kvm1, power: off, onChange: replace, hostname: other")
        let plan = Self.plan(wanted, fleet)
        #expect(planText(plan).contains("volume/root"), "\(planText(plan))")
        #expect(!plan.steps.contains { $0.id.text.hasSuffix("/start") }, "\(planText(plan))")
        await Self.apply(plan, to: fleet)
        #expect(fleet.nodes[name("kvm1")]?.domains.values.first?.power == .shutOff)
        #expect(Self.plan(wanted, fleet).isEmpty)
    }

    /// A fleet whose nodes see one device, each under a name of its own.
    private static func sharedDevice(_ cluster: Cluster) async -> FakeFleet {
        let fleet = await fleet(cluster)
        fleet.edit { nodes in
            for (node, path) in [("kvm1", device), ("kvm2", alias)] {
                var volume = ObservedVolume(path: path, capacity: Size(bytes: 0))
                volume.isRaw = true
                volume.isBlockDevice = true
                volume.identities = [identity]
                nodes[name(node)]?.files[path] = volume
            }
        }
        return fleet
    }

    @Test("A device that two nodes see under different names is one")
    func twoNodes() async throws {
        let (first, second) = (", disks: {lun: {path: \(Self.device)}}", ", disks: {lun: {path: \(Self.alias)}}")
        let fleet = await Self.sharedDevice(try Self.two("", ""))
        let both = Self.plan(try Self.two(first, second), fleet)
        #expect(Self.said(both).contains("\(Self.alias) of b on kvm2 as well"), "\(planText(both))")
        #expect(!planText(both).contains("plug/"), "\(planText(both))")
        await Self.apply(Self.plan(try Self.two(first, ""), fleet), to: fleet)
        let later = Self.plan(try Self.two("", second), fleet)
        #expect(Self.said(later).contains("is used by the domain demo.a on kvm1"), "\(planText(later))")
    }

    @Test("A device is not given to a second guest while the first one's node does not answer")
    func silentNode() async throws {
        let same = ", disks: {lun: {path: \(Self.identity)}}"
        let fleet = await Self.sharedDevice(try Self.two("", ""))
        for node in ["kvm1", "kvm2"] {
            Self.edit(fleet, node) { node in
                var volume = node.files[Self.device] ?? node.files[Self.alias]
                volume?.path = Self.identity
                node.files[Self.identity] = volume
            }
        }
        await Self.apply(Self.plan(try Self.two(same, ""), fleet), to: fleet)
        Self.edit(fleet) { $0.isUnreachable = true }
        let plan = Self.plan(try Self.two(same, same), fleet)
        #expect(Self.said(plan).contains("\(Self.identity) of a on kvm1 as well"), "\(planText(plan))")
        #expect(!planText(plan).contains("plug/"), "\(planText(plan))")
    }
}
