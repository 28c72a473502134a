import SeededRandomness
import Spec
import TestNames
import TestRoles
import TestTools
import Testing

@testable import Reconciler

/// Who is stopped or changed is taken out of the lists of others first, and put back.
@Suite("Drains") struct DrainTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}, kvm2: {address: 10.0.0.2}}
        images: {disk: {source: disk.qcow2}, other: {source: other.qcow2}}
        networks:
          lan: {mode: bridge, bridge: br0, cidr: 10.0.0.0/24, addresses: {from: 10.0.0.100, to: 10.0.0.200}, dhcp: none}
        instances:
          lb: {image: disk, vcpus: 1, memory: 256MiB, disk: 3GiB, ready: running, networks: [lan], node: kvm1}
          web: {image: disk, vcpus: 2, memory: 256MiB, disk: 3GiB, ready: running, networks: [lan], node: kvm2, count: 2}
          app: {image: disk, vcpus: 2, memory: 256MiB, disk: 3GiB, ready: running, networks: [lan], node: kvm2, count: 2}

        """
    /// Without the group that takes the place of the other one.
    private static let withoutApp = ("  app: {image", "  #")

    private static func members(_ group: String, waits: Bool = true) -> RoleReference {
        .members(of: name(group), network: name("lan"), port: 80, waits: waits)
    }

    private static func cluster(
        _ changes: [(String, String)] = [], _ change: (inout Cluster) -> Void = { _ in }
    ) throws -> Cluster {
        let changes = changes.contains { $0 == withApp } ? changes : changes + [withoutApp]
        var text = spec
        for (old, new) in changes where (old, new) != withApp {
            try #require(text.contains(old), "\(old)")
            text = text.replacing(old, with: new)
        }
        var cluster = try ReconcilerTests.cluster(text)
        cluster.probe("web")
        cluster.probe("app")
        cluster.probe("lb", drains: true, reloads: true, members("web"))
        change(&cluster)
        return cluster
    }

    private static let withApp = ("", "app")

    /// A change of the spec or of what is there.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var before: [(String, String)] = []
        var after: [(String, String)] = []
        var applied: @Sendable (inout Cluster) -> Void = { _ in }
        var wanted: @Sendable (inout Cluster) -> Void = { _ in }
        /// What happens on the nodes in between.
        var happens: @Sendable (inout [Name: FakeNode]) -> Void = { _ in }
        /// Whether there is something left that this plan could not do.
        var isLeft = false
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "member-added", after: [("count: 2", "count: 3")]),
        Case(name: "member-removed", after: [("count: 2", "count: 1")]),
        Case(name: "members-rebooted", after: [("vcpus: 2", "vcpus: 1")]),
        Case(name: "root-replaced", after: [("web: {image: disk", "web: {imageChange: replace, image: other")]),
        Case(
            name: "change-tried",
            after: [("web: {image", "web: {snapshotBefore: [update], image"), ("vcpus: 2", "vcpus: 1")]),
        Case(name: "role-restarted", wanted: { $0.probe("web", number: 2) }),
        Case(name: "role-reloaded", wanted: { $0.probe("web", number: 2, reloads: true) }),
        Case(
            name: "node-in-maintenance", before: [("web: {image", "web: {onMaintenance: stop, image")],
            after: [
                ("web: {image", "web: {onMaintenance: stop, image"), ("10.0.0.2}", "10.0.0.2, state: maintenance}"),
            ], wanted: { $0.probe("lb", number: 2, drains: true, reloads: true, members("web")) }),
        Case(
            name: "members-start-again",
            happens: { nodes in
                for member in ["web-1", "web-2"] { edit(member, &nodes) { $0.power = .shutOff } }
                edit("lb", &nodes) { drained([name("web-1"), name("web-2")], &$0) }
            }),
        Case(name: "member-off", after: [("web: {image", "web: {members: {2: {power: off}}, image")]),
        Case(
            name: "cannot-drain", after: [("count: 2", "count: 1")],
            applied: { $0.probe("lb", reloads: true, members("web")) },
            wanted: { $0.probe("lb", reloads: true, members("web")) }),
        Case(
            name: "balancer-reboots-as-well",
            after: [("vcpus: 2", "vcpus: 1"), ("lb: {image: disk,", "lb: {hardware: {cpu: Haswell}, image: disk,")]),
        Case(
            name: "left-by-a-killed-run",
            wanted: { $0.probe("lb", number: 2, drains: true, reloads: true, members("web")) },
            happens: { nodes in
                edit("lb", &nodes) { drained([name("web-2")], &$0) }
            }),
        Case(
            name: "all-members-replaced-by-others", after: [withApp, ("  web: {image", "  #")],
            wanted: { $0.probe("lb", drains: true, reloads: true, members("app")) }),
        Case(
            name: "balancer-not-readable", after: [("vcpus: 2", "vcpus: 1")],
            happens: { nodes in
                edit("lb", &nodes) { $0.roles[Probe.self] = .unknown("its agent does not answer") }
            }, isLeft: true),
        Case(
            name: "balancers-node-unreachable", after: [("vcpus: 2", "vcpus: 1")],
            happens: { $0[name("kvm1")]?.isUnreachable = true }, isLeft: true),
        Case(
            name: "list-and-members-change", after: [("count: 2", "count: 3"), ("vcpus: 2", "vcpus: 1")]),
        Case(
            name: "members-that-wait-for-the-balancer",
            applied: { $0.probe("lb", drains: true, reloads: true, members("web", waits: false)) },
            wanted: { cluster in
                cluster.probe("lb", number: 2, drains: true, reloads: true, members("web", waits: false))
                cluster.probe("web", number: 2, .address(of: name("lb"), network: name("lan"), waits: true))
            }),
    ]

    private static func drained(_ names: Set<Name>, _ domain: inout ObservedDomain) {
        guard case .known(var probes)? = domain.roles[Probe.self] else { return }
        probes[Probe.app]?.drained = names
        domain.roles[Probe.self] = .known(probes)
    }

    private static func edit(
        _ instance: String, _ nodes: inout [Name: FakeNode], _ change: (inout ObservedDomain) -> Void
    ) {
        for node in nodes.keys {
            for (uuid, var domain) in nodes[node]?.domains ?? [:] where domain.mark?.instance.text == instance {
                change(&domain)
                nodes[node]?.domains[uuid] = domain
            }
        }
    }

    private static func images(_ cluster: Cluster) -> Inputs {
        let images = cluster.images.keys.map { image in
            (
                image,
                Inputs.ResolvedImage(
                    fileName: "kvmctl-\(StableHash.digest(image.text)).qcow2", virtualSize: .gibibytes(2),
                    byteCount: 200 << 20, checksum: Checksum(algorithm: .sha256, digest: StableHash.digest(image.text)))
            )
        }
        return Inputs(images: Dictionary(uniqueKeysWithValues: images))
    }

    private func plan(_ wanted: Cluster, on fleet: FakeFleet) -> Plan {
        let seen = fleet.observe(wanted)
        let plan = Planner.plan(wanted, inputs: Self.images(wanted), fleet: seen)
        let defects = PlanChecker.violations(in: plan, of: wanted, fleet: seen, intent: .apply(deleteData: false))
        #expect(defects.map(\.description) == [], "\(planText(plan))")
        return plan
    }

    private func run(_ plan: Plan, of spec: Cluster, on fleet: FakeFleet, _ notes: WatchingDriver.Notes) async {
        let drivers = WatchingDriver.all(fleet, plan, of: spec, notes)
        _ = await Executor(drivers: drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
    }

    private func applied(_ example: Case) async throws -> FakeFleet {
        let before = try Self.cluster(example.before, example.applied)
        let fleet = FakeFleet(ClusterIdentity(before), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        for _ in 0..<2 {
            _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(
                plan(before, on: fleet)
            ) { _ in }
        }
        #expect(plan(before, on: fleet).isEmpty, "\(planText(plan(before, on: fleet)))")
        fleet.edit(example.happens)
        return fleet
    }

    @Test("Each kind of change takes members out first where it has to, and leaves nothing to do", arguments: cases)
    func changes(_ example: Case) async throws {
        let fleet = try await applied(example)
        let wanted = try Self.cluster(example.after, example.wanted)
        let planned = plan(wanted, on: fleet)
        try expectGolden(planText(planned), "drain-\(example.name).txt")
        let notes = WatchingDriver.Notes()
        await run(planned, of: wanted, on: fleet, notes)
        #expect(fleet.unexpected == [])
        guard !example.isLeft else { return }
        #expect(notes.all == [])
        #expect(plan(wanted, on: fleet).isEmpty, "\(planText(plan(wanted, on: fleet)))")
    }

    @Test(
        "However a run is cut off, nobody is taken away to whom work is sent, and the next ones finish it",
        arguments: cases)
    func cutOff(_ example: Case) async throws {
        guard !example.isLeft else { return }
        let wanted = try Self.cluster(example.after, example.wanted)
        let start = try await applied(example)
        let count = plan(wanted, on: start).steps.count
        for step in 0..<count {
            for kind in [Fault.Kind.failed, .killed, .killedAfterEffect] {
                let fleet = start.copy
                let notes = WatchingDriver.Notes()
                fleet.begin(Fault(kind: kind, step: step))
                await run(plan(wanted, on: fleet), of: wanted, on: fleet, notes)
                for _ in 0..<3 {
                    fleet.begin()
                    await run(plan(wanted, on: fleet), of: wanted, on: fleet, notes)
                }
                let left = plan(wanted, on: fleet)
                // What was tried and taken back is not tried again.
                let isBlocked = left.changes.allSatisfy { $0.blocked != nil } && example.name == "change-tried"
                #expect(!left.hasSteps && (left.isEmpty || isBlocked), "\(kind) at \(step): \(planText(left))")
                #expect(notes.all == [], "\(kind) at \(step)")
                #expect(fleet.unexpected == [])
            }
        }
    }

    @Test("A plan without a drain, with a list that changes in between, or that leaves somebody out is refused")
    func checked() async throws {
        let fleet = try await applied(Case(name: ""))
        let wanted = try Self.cluster([("vcpus: 2", "vcpus: 1")]) {
            $0.probe("lb", number: 2, drains: true, reloads: true, Self.members("web"))
        }
        let seen = fleet.observe(wanted)
        let good = Planner.plan(wanted, inputs: Self.images(wanted), fleet: seen)
        func complaints(_ change: (inout Plan) -> Void) -> [String] {
            var plan = good
            change(&plan)
            return PlanChecker.violations(in: plan, of: wanted, fleet: seen, intent: .apply(deleteData: false))
                .filter { $0.rule == .drain }.map(\.detail)
        }
        func remove(_ word: String, _ plan: inout Plan) {
            plan.steps.removeAll { $0.id.text.contains(word) }
            for index in plan.steps.indices {
                plan.steps[index].requires.removeAll { $0.text.contains(word) }
                plan.steps[index].after.removeAll { $0.text.contains(word) }
            }
        }
        #expect(complaints { _ in } == [])
        #expect(complaints { remove("/drain/app/web-1", &$0) } == ["app of lb still sends work to web-1"])
        let unordered = complaints { plan in
            for index in plan.steps.indices where plan.steps[index].id.text.hasSuffix("web-2/stop-for-reboot") {
                plan.steps[index].requires.removeAll { $0.text.contains("/drain/") }
            }
        }
        #expect(unordered == ["app of lb still sends work to web-2"])
        #expect(complaints { remove("/undrain/app/web-2", &$0) }.first == "web-2 is not put back")
        let early = complaints { plan in
            for index in plan.steps.indices where plan.steps[index].id.text.hasSuffix("lb/probe/app") {
                plan.steps[index].requires = []
                plan.steps[index].after = []
            }
        }
        #expect(
            Set(early) == [
                "the list changes while web-1 is taken out of it", "the list changes while web-2 is taken out of it",
            ])
    }

    @Test("A balancer that cannot take anybody out stops what depends on that, and nothing else")
    func fails() async throws {
        let fleet = try await applied(Case(name: ""))
        let wanted = try Self.cluster([("vcpus: 2", "vcpus: 1")]) {
            $0.probe("lb", number: 2, drains: true, reloads: true, Self.members("web"))
        }
        let planned = plan(wanted, on: fleet)
        let place = try #require(planned.steps.firstIndex { $0.id.text.contains("/drain/app/web-1") })
        fleet.begin(Fault(kind: .failed, step: place))
        let report = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(planned) { _ in }
        let failed = report.outcomes.filter { !$0.outcome.isSuccess }.map { String($0.step.id.text.dropFirst(14)) }
        #expect(failed.contains("web-1/stop-for-reboot") && failed.contains("lb/undrain/app/web-1"))
        // Its own repair does not wait for that.
        #expect(!failed.contains("lb/probe/app"))
    }

    @Test("Nothing is taken out where all goes")
    func destroyed() async throws {
        let fleet = try await applied(Case(name: ""))
        let spec = try Self.cluster()
        let plan = Planner.plan(
            spec, inputs: Self.images(spec), fleet: fleet.observe(spec), intent: .destroy(deleteData: false))
        #expect(!plan.steps.contains { $0.id.text.contains("drain/") })
    }

    @Test("Random stacks with drains lose nobody to whom work is sent, and come to rest", arguments: seeds(200))
    func random(seed: UInt64) async throws {
        var stack = try Stack(seed: seed, hasDrains: true)
        let fleet = FakeFleet(ClusterIdentity(stack.cluster), stack.nodes.map { FakeNode($0) })
        let notes = WatchingDriver.Notes()
        func run(_ plan: Plan) async {
            let before = notes.all.count
            await self.run(plan, of: stack.cluster, on: fleet, notes)
            #expect(notes.all.count == before, "\(notes.all.dropFirst(before)) \(fleet.log) \(planText(plan))")
        }
        await run(plan(stack.cluster, on: fleet))
        for round in 0..<2 {
            try stack.change()
            let roll = plan(stack.cluster, on: fleet)
            let kinds: [Fault.Kind] = [.failed, .killedAfterEffect, .killed, .failedAfterEffect, .nodeLost]
            let kind = kinds[Int(seed % UInt64(kinds.count))]
            fleet.begin(Fault(kind: kind, step: (Int(seed) * 7 + round) % max(1, roll.steps.count)))
            await run(roll)
            for _ in 0..<4 {
                fleet.begin()
                await run(plan(stack.cluster, on: fleet))
            }
            let left = plan(stack.cluster, on: fleet)
            #expect(left.isEmpty, "\(planText(left))")
        }
        #expect(fleet.unexpected == [])
    }
}
