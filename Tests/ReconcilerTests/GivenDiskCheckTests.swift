import Reconciler
import Spec
import TestNames
import Testing

/// What the plan checker refuses of disks that are somebody's own, whatever the planner does.
@Suite struct GivenDiskCheckTests {
    private static let one = "image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: kvm1"
    private static let lun = "lun: {path: \(GivenDiskTests.device)}"
    private static let old = "old: {path: \(GivenDiskTests.path), format: qcow2}"

    private static func spec(_ first: String, _ second: String) throws -> Cluster {
        try cluster(
            of: "{a: {\(one), disks: {\(first)}}, b: {\(one), disks: {\(second)}}}", on: ["kvm1", "kvm2"])
    }

    /// Two guests of a node that get a disk each, which the checker finds nothing wrong with.
    private static func good() async throws -> (plan: Plan, wanted: Cluster, seen: ObservedFleet) {
        let fleet = await GivenDiskTests.fleet(try spec("", ""))
        let wanted = try spec(lun, old)
        return (GivenDiskTests.plan(wanted, fleet), wanted, fleet.observe(wanted))
    }

    private static func said(_ plan: Plan, _ cluster: Cluster, _ seen: ObservedFleet) -> String {
        PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: .apply(deleteData: false))
            .map(\.description).joined(separator: "; ")
    }

    @Test("that the spec gives to another guest")
    func another() async throws {
        let (plan, wanted, seen) = try await Self.good()
        var swapped = wanted
        swapped.instances[name("a")]?.disks = wanted.instances[name("b")]?.disks ?? []
        swapped.instances[name("b")]?.disks = wanted.instances[name("a")]?.disks ?? []
        #expect(Self.said(plan, swapped, seen).contains("the spec does not give it \(GivenDiskTests.device)"))
        #expect(Self.said(plan, swapped, seen).contains("the spec does not give it \(GivenDiskTests.path)"))
    }

    @Test("that the spec gives only for reading")
    func writing() async throws {
        let (plan, wanted, seen) = try await Self.good()
        var read = wanted
        read.instances[name("a")]?.disks[0].options[.readonly] = "true"
        #expect(Self.said(plan, read, seen).contains("the spec does not give it \(GivenDiskTests.device)"))
    }

    @Test("that one plan attaches twice, under one name or two", arguments: [true, false])
    func twice(_ isSamePath: Bool) async throws {
        let (plan, wanted, seen) = try await Self.good()
        var (broken, both, fleet) = (plan, wanted, seen)
        let path = isSamePath ? GivenDiskTests.device : "/dev/sdq"
        if case .answered(var node)? = fleet.nodes[name("kvm1")], var volume = node.volumes[GivenDiskTests.device] {
            volume.inode = "device 8:10"
            node.volumes[GivenDiskTests.device] = volume
            volume.path = path
            node.volumes[path] = volume
            fleet.nodes[name("kvm1")] = .answered(node)
        }
        both.instances[name("b")]?.disks = wanted.instances[name("a")]?.disks ?? []
        both.instances[name("b")]?.disks[0].path = path
        func changed(_ disk: DomainDefinition.Disk) -> DomainDefinition.Disk {
            var disk = disk
            (disk.name, disk.path, disk.isRaw, disk.isBlockDevice) = ("lun", path, true, true)
            return disk
        }
        for index in broken.steps.indices {
            guard case .update(var update) = broken.steps[index].operation else { continue }
            switch update.action {
            case .plugDisk(let disk) where disk.name == "old": update.action = .plugDisk(changed(disk))
            case .edit(var edit):
                edit.items = edit.items.map { item in
                    if case .disk(let disk) = item, disk.name == "old" { .disk(changed(disk)) } else { item }
                }
                update.action = .edit(edit)
            default: continue
            }
            broken.steps[index].operation = .update(update)
        }
        #expect(Self.said(broken, both, fleet).contains("attaches \(path) as well"))
    }

    @Test("that leads to one of kvmctl's own files")
    func link() async throws {
        let (plan, wanted, seen) = try await Self.good()
        var fleet = seen
        if case .answered(var node)? = fleet.nodes[name("kvm1")] {
            let image = node.volumes.keys.first(where: \.isBaseImagePath)
            node.volumes[GivenDiskTests.path]?.target = image
            fleet.nodes[name("kvm1")] = .answered(node)
        }
        #expect(Self.said(plan, wanted, fleet).contains("\(GivenDiskTests.path) is one of kvmctl's own"))
    }

    @Test("that a guest of another node has under another name")
    func elsewhere() async throws {
        let (plan, wanted, seen) = try await Self.good()
        var fleet = seen
        let identity: Set = ["/dev/disk/by-id/wwn-0x5"]
        if case .answered(var node)? = fleet.nodes[name("kvm1")] {
            node.volumes[GivenDiskTests.device]?.identities = identity
            fleet.nodes[name("kvm1")] = .answered(node)
        }
        if case .answered(var node)? = fleet.nodes[name("kvm2")] {
            node.volumes["/dev/sdq"] = ObservedVolume(path: "/dev/sdq", capacity: Size(bytes: 0))
            node.volumes["/dev/sdq"]?.identities = identity
            var foreign = ObservedDomain(
                uuid: UniqueID(derivedFrom: "foreign"), name: "foreign", power: .running, autostart: false, mark: nil,
                vcpus: 1, memory: .gibibytes(1), fingerprint: "")
            foreign.disks = [.init(name: nil, path: "/dev/sdq")]
            node.domains.append(foreign)
            fleet.nodes[name("kvm2")] = .answered(node)
        }
        #expect(Self.said(plan, wanted, fleet).contains("domain foreign on kvm2 uses \(GivenDiskTests.device)"))
    }
}
