import Reconciler
import Spec
import TestNames
import Testing

/// Disks that are somebody's own: attached and detached, and nothing else.
@Suite struct GivenDiskTests {
    static let path = "/srv/vm/old.qcow2"
    static let device = "/dev/disk/by-id/lun-7"

    static func spec(_ disks: String, _ more: String = ", node: kvm1") throws -> Cluster {
        let disks = disks.isEmpty ? "" : ", disks: {\(disks)}"
        return try cluster(
            of: "{db: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB\(disks)\(more)}}", on: ["kvm1", "kvm2"])
    }

    /// A fleet whose first node has a file and a block device of somebody's.
    static func fleet(_ cluster: Cluster) async -> FakeFleet {
        let fleet = FakeFleet(ClusterIdentity(cluster), ["kvm1", "kvm2"].map { FakeNode(name($0)) })
        await apply(plan(cluster, fleet), to: fleet)
        fleet.edit { nodes in put(in: &nodes) }
        return fleet
    }

    static func put(in nodes: inout [Name: FakeNode]) {
        nodes[name("kvm1")]?.files[path] = ObservedVolume(path: path, capacity: .gibibytes(2))
        var volume = ObservedVolume(path: device, capacity: Size(bytes: 0))
        volume.isRaw = true
        volume.isBlockDevice = true
        nodes[name("kvm1")]?.files[device] = volume
    }

    static func plan(
        _ cluster: Cluster, _ fleet: FakeFleet, intent: Intent = .apply(deleteData: false)
    ) -> Plan {
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen, intent: intent)
        #expect(
            PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: intent).map(\.description) == [],
            "\(planText(plan))")
        return plan
    }

    static func apply(_ plan: Plan, to fleet: FakeFleet) async {
        let report = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(report.outcomes.allSatisfy { $0.outcome.isSuccess }, "\(planText(plan))")
        #expect(fleet.unexpected == [])
    }

    static let both =
        "old: {path: \(path), format: qcow2}, lun: {path: \(device), bus: scsi, readonly: true}"

    @Test("A running guest gets and loses them, and they outlive it even where its data goes")
    func comeAndGo() async throws {
        let fleet = await Self.fleet(try Self.spec("data: {size: 1GiB}"))
        let wanted = try Self.spec("data: {size: 1GiB}, old: {path: \(Self.path), format: qcow2}")
        let plan = Self.plan(wanted, fleet)
        #expect(plan.changes.flatMap(\.fields).map(\.path) == ["disks.old.path"])
        #expect(planText(plan).contains("plug/old"))
        await Self.apply(plan, to: fleet)
        #expect(Self.plan(wanted, fleet).isEmpty)
        let without = Self.plan(try Self.spec("data: {size: 1GiB}"), fleet)
        #expect(without.changes.flatMap(\.details) == ["\(Self.path) stays unchanged: it is not kvmctl's"])
        await Self.apply(without, to: fleet)
        await Self.apply(Self.plan(wanted, fleet), to: fleet)
        await Self.apply(Self.plan(wanted, fleet, intent: .destroy(deleteData: true)), to: fleet)
        let files = try #require(fleet.nodes[name("kvm1")]?.files)
        #expect(Set(files.keys) == [Self.path, Self.device])
        #expect(fleet.nodes[name("kvm1")]?.domains.isEmpty == true)
    }

    @Test("A new instance is placed where its disk is, and nothing of it is made")
    func placed() async throws {
        let wanted = try Self.spec(Self.both, "")
        let fleet = FakeFleet(ClusterIdentity(wanted), ["kvm1", "kvm2"].map { FakeNode(name($0)) })
        #expect(Self.plan(wanted, fleet).refusals.map(\.reason).joined().contains("it has no \(Self.device)"))
        fleet.edit { Self.put(in: &$0) }
        let plan = Self.plan(wanted, fleet)
        let text = planText(plan)
        #expect(text.contains("disk old uses \(Self.path) unchanged"), "\(text)")
        #expect(!text.contains("volume/old"), "\(text)")
        await Self.apply(plan, to: fleet)
        let domain = try #require(fleet.nodes[name("kvm1")]?.domains.values.first)
        #expect(domain.disks.filter { $0.given != nil }.map(\.path).sorted() == [Self.device, Self.path].sorted())
        #expect(Self.plan(wanted, fleet).isEmpty)
    }

    @Test("It keeps its instance on its node")
    func stays() async throws {
        let fleet = await Self.fleet(try Self.spec(""))
        await Self.apply(Self.plan(try Self.spec(Self.both), fleet), to: fleet)
        let plan = Self.plan(try Self.spec(Self.both, ", node: kvm2"), fleet)
        #expect(
            plan.refusals.map(\.reason).joined().contains("which kvmctl does not move"), "\(planText(plan))")
    }

    struct Doubt: Sendable, CustomTestStringConvertible {
        let reason: String
        var disks = "old: {path: \(GivenDiskTests.path), format: qcow2}"
        let edit: @Sendable (inout FakeNode) -> Void
        var testDescription: String { reason }
    }

    static let doubts = [
        Doubt(reason: "it has no /srv/vm/old.qcow2") { $0.files[path] = nil },
        Doubt(reason: "is no file") { $0.files[path]?.isOtherThing = true },
        Doubt(reason: "is no block device", disks: "lun: {path: \(device)}") {
            $0.files[device]?.isBlockDevice = false
        },
        Doubt(reason: "in use by the node itself", disks: "lun: {path: \(device)}") {
            $0.files[device]?.isInUseByNode = true
        },
        Doubt(reason: "is no qcow2 file") { $0.files[path]?.isRaw = true },
        Doubt(reason: "has the backing file /etc/shadow") { $0.files[path]?.backingPath = "/etc/shadow" },
        Doubt(reason: "is the backing file of \(Pool.localPath)/new.qcow2") {
            let overlay = "\(Pool.localPath)/new.qcow2"
            $0.files[overlay] = ObservedVolume(
                path: overlay, capacity: .gibibytes(2), backingPath: path)
        },
        Doubt(
            reason: "is its own disk root already",
            disks: "old: {path: \(Pool.localPath)/demo.db.root.qcow2, format: raw}"
        ) { _ in },
        Doubt(reason: "somebody attached it already") { node in
            for uuid in node.domains.keys { node.domains[uuid]?.disks.append(.init(name: nil, path: path)) }
        },
        Doubt(reason: "is used by the domain foreign") { node in
            let uuid = UniqueID(derivedFrom: "foreign")
            var foreign = ObservedDomain(
                uuid: uuid, name: "foreign", power: .shutOff, autostart: false, mark: nil, vcpus: 1,
                memory: .gibibytes(1), fingerprint: "")
            foreign.disks = [.init(name: nil, path: path)]
            node.domains[uuid] = foreign
        },
    ]

    @Test("One that is not what the spec says, or that somebody uses, is refused", arguments: doubts)
    func refused(_ doubt: Doubt) async throws {
        let fleet = await Self.fleet(try Self.spec(""))
        fleet.edit { nodes in
            nodes[name("kvm1")].map {
                var node = $0; doubt.edit(&node); nodes[name("kvm1")] = node
            }
        }
        let plan = Self.plan(try Self.spec(doubt.disks), fleet)
        let said = plan.refusals.map(\.reason) + plan.changes.compactMap(\.blocked)
        #expect(said.joined().contains(doubt.reason), "\(planText(plan))")
        #expect(plan.steps.allSatisfy { !"\($0.operation)".contains("plugDisk") })
    }

    /// A fleet whose instance has the device, which the node then mounts.
    private static func mounted(_ change: @Sendable @escaping (inout ObservedDomain) -> Void) async throws -> FakeFleet
    {
        let fleet = await fleet(try spec(""))
        await apply(plan(try spec(both), fleet), to: fleet)
        fleet.edit { nodes in
            nodes[name("kvm1")]?.files[device]?.isInUseByNode = true
            for (uuid, var domain) in nodes[name("kvm1")]?.domains ?? [:] {
                change(&domain)
                nodes[name("kvm1")]?.domains[uuid] = domain
            }
        }
        return fleet
    }

    @Test("A guest that has a device keeps it; one that lost it does not get it back while the node uses it")
    func mountedSince() async throws {
        let kept = try await Self.mounted { _ in }
        #expect(Self.plan(try Self.spec(Self.both), kept).isEmpty)
        let detached = try await Self.mounted { $0.running?.disks.removeAll { $0.given == "lun" } }
        let again = Self.plan(try Self.spec(Self.both), detached)
        #expect(again.refusals.map(\.reason).joined().contains("in use by the node itself"), "\(planText(again))")
        let off = try await Self.mounted { domain in
            domain.power = .shutOff
            domain.running = nil
        }
        let start = Self.plan(try Self.spec(Self.both), off)
        #expect(start.refusals.map(\.reason).joined().contains("in use by the node itself"), "\(planText(start))")
        #expect(!start.steps.contains { $0.id.text.hasSuffix("/start") }, "\(planText(start))")
        let begun = try await Self.mounted { domain in
            domain.power = .shutOff
            domain.running = nil
            domain.mark?.phase = .creating
        }
        let made = Self.plan(try Self.spec(Self.both), begun)
        #expect(made.refusals.map(\.reason).joined().contains("in use by the node itself"), "\(planText(made))")
        #expect(!made.steps.contains { $0.id.text.hasSuffix("/start") }, "\(planText(made))")
    }

    @Test("A device that a guest of another node has is not given to a second one")
    func elsewhere() async throws {
        let fleet = await Self.fleet(try Self.spec(""))
        fleet.edit { nodes in
            let device = nodes[name("kvm1")]?.files[Self.device]
            nodes[name("kvm2")]?.files[Self.device] = device
            let uuid = UniqueID(derivedFrom: "foreign")
            var foreign = ObservedDomain(
                uuid: uuid, name: "foreign", power: .running, autostart: false, mark: nil, vcpus: 1,
                memory: .gibibytes(1), fingerprint: "")
            foreign.disks = [.init(name: nil, path: Self.device)]
            nodes[name("kvm2")]?.domains[uuid] = foreign
        }
        let plan = Self.plan(try Self.spec("lun: {path: \(Self.device)}"), fleet)
        #expect(
            plan.refusals.map(\.reason).joined().contains("is used by the domain foreign on kvm2"),
            "\(planText(plan))")
    }

    @Test("A volume is not given away while a node that shares its pool does not answer")
    func silentSharer() async throws {
        func spec(_ disks: String) throws -> Cluster {
            var spec = try Self.spec(disks)
            for pool in spec.pools.keys { spec.pools[pool]?.shared = true }
            return spec
        }
        let fleet = await Self.fleet(try spec(""))
        let file = "\(Pool.localPath)/archive.raw"
        fleet.edit { nodes in
            nodes[name("kvm1")]?.files[file] = ObservedVolume(path: file, capacity: .gibibytes(1))
            nodes[name("kvm2")]?.isUnreachable = true
        }
        let plan = Self.plan(try spec("archive: {volume: archive.raw, format: raw}"), fleet)
        let said = plan.refusals.map(\.reason) + plan.changes.compactMap(\.blocked)
        #expect(said.joined().contains("does not answer"), "\(planText(plan))")
        #expect(!planText(plan).contains("plug/archive"), "\(planText(plan))")
    }

    @Test("A disk that was only read is not written to while something stands on it")
    func writtenAnew() async throws {
        let fleet = await Self.fleet(try Self.spec(""))
        let read = "old: {path: \(Self.path), format: qcow2, readonly: true}"
        await Self.apply(Self.plan(try Self.spec(read), fleet), to: fleet)
        let overlay = "\(Pool.localPath)/new.qcow2"
        fleet.edit { nodes in
            nodes[name("kvm1")]?.files[overlay] = ObservedVolume(
                path: overlay, capacity: .gibibytes(2), backingPath: Self.path)
        }
        #expect(Self.plan(try Self.spec(read), fleet).isEmpty)
        let plan = Self.plan(try Self.spec("old: {path: \(Self.path), format: qcow2}"), fleet)
        #expect(plan.refusals.map(\.reason).joined().contains("is the backing file"), "\(planText(plan))")
    }

    @Test("A pool that does not run is started for a volume in it")
    func sleeping() async throws {
        let fleet = await Self.fleet(try Self.spec(""))
        var wanted = try Self.spec("archive: {volume: archive.raw, format: raw}")
        wanted.pools[name("far")] = Pool(name: name("far"), path: "/data/far")
        wanted.instances[name("db")]?.disks[0].pool = name("far")
        let plan = Self.plan(wanted, fleet)
        #expect(planText(plan).contains("kvm1/pool/far/ensure"), "\(planText(plan))")
        #expect(plan.refusals.map(\.reason).joined().contains("is not started"), "\(planText(plan))")
    }

    @Test("A volume of a pool is found in the pool's folder on its node")
    func volume() async throws {
        let fleet = await Self.fleet(try Self.spec(""))
        let file = "\(Pool.localPath)/archive.raw"
        fleet.edit { nodes in
            var volume = ObservedVolume(path: file, capacity: .gibibytes(1))
            volume.isRaw = true
            nodes[name("kvm1")]?.files[file] = volume
        }
        let wanted = try Self.spec("archive: {volume: archive.raw, format: raw}")
        let plan = Self.plan(wanted, fleet)
        #expect(plan.changes.flatMap(\.fields).map(\.path) == ["disks.archive.volume"], "\(planText(plan))")
        await Self.apply(plan, to: fleet)
        #expect(Self.plan(wanted, fleet).isEmpty)
    }
}
