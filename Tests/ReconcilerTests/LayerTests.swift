import Reconciler
import Spec
import TestNames
import Testing

/// Files that somebody put on top of disks, as `virsh snapshot-create-as --disk-only` does.
@Suite("Files on top of disks") struct LayerTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}, kvm2: {address: 10.0.0.2}}
        images: {disk: {source: disk.qcow2}}
        instances:
          db:
            {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, ready: running, node: kvm1, imageChange: replace,
             disks: {data: {size: 1GiB}}}
          other: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, ready: running, node: kvm2}
        """
    private static let without = spec.replacing("  db:\n", with: "  gone:\n").split(separator: "\n")
        .filter { !$0.contains("gone:") && !$0.contains("imageChange") && !$0.contains("disks: {data") }
        .joined(separator: "\n")
    private static let node = name("kvm1")
    private static let folder = Pool.localPath

    private static func path(_ disk: String, _ end: String) -> String { "\(folder)/demo.db.\(disk).\(end)" }

    /// A fleet in which two files lie on top of each of the instance's disks.
    private static func overlaid() async throws -> FakeFleet {
        let cluster = try cluster(spec)
        let fleet = FakeFleet(ClusterIdentity(cluster), [FakeNode(node), FakeNode(name("kvm2"))])
        try await run(spec, on: fleet)
        fleet.edit { nodes in
            for disk in ["root", "data"] {
                for (above, below) in [("s1", "qcow2"), ("s2", "s1")] {
                    let (path, under) = (path(disk, above), path(disk, below))
                    nodes[node]?.files[path] = ObservedVolume(
                        path: path, capacity: .gibibytes(disk == "root" ? 3 : 1), backingPath: under)
                    for uuid in nodes[node]?.domains.keys.map(\.self) ?? [] {
                        nodes[node]?.domains[uuid]?.disks.replace(under, by: path)
                        nodes[node]?.domains[uuid]?.running?.disks.replace(under, by: path)
                    }
                }
            }
        }
        return fleet
    }

    private static func plan(
        _ text: String, on fleet: FakeFleet, _ intent: Intent = .apply(deleteData: false),
        _ change: (inout Inputs) -> Void = { _ in }
    ) throws -> Plan {
        let cluster = try cluster(text)
        var inputs = inputs(cluster)
        change(&inputs)
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: inputs, fleet: seen, intent: intent)
        #expect(PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: intent) == [])
        return plan
    }

    @discardableResult
    private static func run(
        _ text: String, on fleet: FakeFleet, _ intent: Intent = .apply(deleteData: false)
    ) async throws -> Plan {
        let plan = try plan(text, on: fleet, intent)
        let report = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        for (step, outcome) in report.outcomes where !outcome.isSuccess { Issue.record("\(step.id): \(outcome)") }
        #expect(fleet.unexpected == [])
        return plan
    }

    private static func files(_ fleet: FakeFleet) -> [String] {
        fleet.nodes[node]?.files.keys.filter { $0.contains("/demo.db.") }.sorted() ?? []
    }

    @Test("they are drift that names the remedy, and nothing is done about it")
    func drift() async throws {
        let plan = try await Self.plan(Self.spec, on: Self.overlaid())
        #expect(
            plan.steps.allSatisfy { $0.object.kind == .roster }, "that the disk is another file now is written down")
        #expect(plan.refusals.isEmpty)
        let text = plan.changes.map { "\($0)" }.joined()
        for disk in ["root", "data"] {
            #expect(
                text.contains(
                    "\(Self.path(disk, "s2")) is an overlay on \(Self.path(disk, "s1")), as created by an external "
                        + "snapshot; merge them on kvm1 with `virsh blockcommit demo.db "))
        }
        #expect(!plan.notes.contains { $0.contains("no mark refers to it") })
    }

    @Test("they go with their disk, the lowest first, wherever the run ends", arguments: Fault.Kind.allCases)
    func deleted(kind: Fault.Kind) async throws {
        let before = try await Self.overlaid()
        let intent = Intent.apply(deleteData: true)
        let plan = try Self.plan(Self.without, on: before, intent)
        for disk in ["root", "data"] {
            let order = plan.steps.compactMap { step in
                if case .storage(.deleteVolume(let path, _)) = step.operation, path.contains(".\(disk).") {
                    path
                } else {
                    nil
                }
            }
            #expect(order == ["qcow2", "s1", "s2"].map { Self.path(disk, $0) })
        }
        for step in plan.steps.indices {
            let fleet = before.copy
            fleet.begin(Fault(kind: kind, step: step))
            _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
            fleet.begin()
            for _ in 0..<2 { try await Self.run(Self.without, on: fleet, intent) }
            #expect(Self.files(fleet) == [], "\(kind) at \(plan.steps[step].id)")
            #expect(try Self.plan(Self.without, on: fleet, intent).isEmpty)
        }
    }

    @Test("a kept disk keeps what lies below it, is reused as it was, and goes with it")
    func kept() async throws {
        let fleet = try await Self.overlaid()
        let plan = try await Self.run(Self.without, on: fleet)
        #expect(plan.changes.first?.details.contains("data disk data is kept at \(Self.path("data", "s2"))") == true)
        let chain = ["qcow2", "s1", "s2"].map { Self.path("data", $0) }
        #expect(Self.files(fleet) == chain)
        #expect(fleet.nodes[Self.node]?.roster?.keptDisks.map(\.path) == [Self.path("data", "s2")])
        #expect(!(try Self.plan(Self.without, on: fleet).notes.contains { $0.contains("no mark refers to it") }))
        // Back again: the machine must not write to what the newest file stands on.
        let back = fleet.copy
        try await Self.run(Self.spec, on: back)
        let disks = back.nodes[Self.node]?.domains.values.first?.disks ?? []
        #expect(disks.first { $0.name == "data" }?.path == Self.path("data", "s2"))
        #expect(Set(chain).isSubset(of: Self.files(back)))
        #expect(back.nodes[Self.node]?.roster?.keptDisks == [])
        // Or gone for good.
        try await Self.run(Self.without, on: fleet, .apply(deleteData: true))
        #expect(Self.files(fleet) == [])
        #expect(try Self.plan(Self.without, on: fleet, .apply(deleteData: true)).isEmpty)
    }

    @Test("a machine is neither moved nor made anew over them")
    func refused() async throws {
        let fleet = try await Self.overlaid()
        let moved = try Self.plan(Self.spec.replacing("node: kvm1, image", with: "node: kvm2, image"), on: fleet)
        #expect("\(moved.refusals)".contains("virsh blockcommit demo.db"))
        #expect(!moved.changes.contains { $0.action == .migrate })
        let replaced = try Self.plan(Self.spec, on: fleet) { inputs in
            for name in inputs.images.keys {
                inputs.images[name]?.fileName = "kvmctl-\(String(repeating: "cd", count: 32)).qcow2"
            }
        }
        #expect("\(replaced.refusals)".contains("virsh blockcommit demo.db"))
        #expect(!replaced.steps.contains { $0.operation.target != nil && $0.node == Self.node })
    }

    @Test("what something else stands on stays, and so does what kvmctl did not make")
    func others() async throws {
        let fleet = try await Self.overlaid()
        fleet.edit { nodes in
            let clone = "\(Self.folder)/clone.qcow2"
            nodes[Self.node]?.files[clone] = ObservedVolume(
                path: clone, capacity: .gibibytes(3), backingPath: Self.path("root", "qcow2"))
            let template = "\(Self.folder)/template.qcow2"
            nodes[Self.node]?.files[template] = ObservedVolume(path: template, capacity: .gibibytes(1))
            nodes[Self.node]?.files[Self.path("data", "s1")]?.backingPath = template
            nodes[Self.node]?.files[Self.path("data", "qcow2")] = nil
        }
        let plan = try await Self.run(Self.without, on: fleet, .apply(deleteData: true))
        let gone = plan.steps.compactMap { step in
            if case .storage(.deleteVolume(let path, _)) = step.operation, !path.hasSuffix(".iso") { path } else { nil }
        }
        #expect(Set(gone) == [Self.path("root", "s1"), Self.path("root", "s2"), Self.path("data", "s2")])
        #expect(fleet.nodes[Self.node]?.files["\(Self.folder)/template.qcow2"] != nil)
        #expect(fleet.nodes[Self.node]?.files[Self.path("root", "qcow2")] != nil)
    }
}

extension [ObservedDomain.Disk] {
    fileprivate mutating func replace(_ old: String, by new: String) {
        for index in indices where self[index].path == old { self[index].path = new }
    }
}
