import Reconciler
import Spec
import TestNames
import Testing

/// What was applied is recorded, so that an edit is an edit and drift is drift.
@Suite struct SettingsTests {
    private static func spec(_ settings: String) throws -> Cluster {
        try cluster(of: "{web: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB\(settings)}}")
    }

    private static func apply(_ spec: Cluster, _ fleet: FakeFleet) async -> Plan {
        let seen = fleet.observe(spec)
        let plan = Planner.plan(spec, inputs: inputs(spec), fleet: seen)
        #expect(PlanChecker.violations(in: plan, of: spec, fleet: seen, intent: .apply(deleteData: false)).isEmpty)
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(Planner.plan(spec, inputs: inputs(spec), fleet: fleet.observe(spec)).isEmpty)
        return plan
    }

    @Test("Off and on again in the spec is twice an edit, and no drift")
    func power() async throws {
        let fleet = FakeFleet(ClusterIdentity(name: name("demo")), [FakeNode(name("kvm1"))])
        _ = await Self.apply(try Self.spec(""), fleet)
        let off = await Self.apply(try Self.spec(", power: off"), fleet)
        #expect(off.driftAlone.changes.isEmpty)
        let on = await Self.apply(try Self.spec(""), fleet)
        #expect(on.changes.map(\.action) == [.start])
        #expect(on.driftAlone.changes.isEmpty, "\(planText(on))")
    }

    @Test("autostart and protection are recorded too", arguments: ["autostart: false", "protect: true"])
    func settings(_ text: String) async throws {
        let fleet = FakeFleet(ClusterIdentity(name: name("demo")), [FakeNode(name("kvm1"))])
        _ = await Self.apply(try Self.spec(""), fleet)
        #expect(await Self.apply(try Self.spec(", \(text)"), fleet).driftAlone.changes.isEmpty)
        #expect(await Self.apply(try Self.spec(""), fleet).driftAlone.changes.isEmpty)
    }

    @Test(
        "How it is stopped is an edit in the spec, and unknown in the mark of an older run, which the next change mends"
    )
    func stopping() async throws {
        let fleet = FakeFleet(ClusterIdentity(name: name("demo")), [FakeNode(name("kvm1"))])
        func forget() {
            fleet.edit { nodes in
                for uuid in nodes[name("kvm1")]?.domains.keys.map(\.self) ?? [] {
                    for key in ["stop.timeout", "stop.force"] {
                        nodes[name("kvm1")]?.domains[uuid]?.mark?.applied[key] = nil
                    }
                }
            }
        }
        func fields(_ plan: Plan) -> [String] {
            plan.changes.flatMap(\.fields).map {
                "\($0.path): \($0.old ?? "-") -> \($0.new ?? "-") \($0.origin.rawValue)"
            }
        }
        let forced = ", stop: {timeout: 10s, force: true}"
        _ = await Self.apply(try Self.spec(""), fleet)
        let edited = await Self.apply(try Self.spec(forced), fleet)
        #expect(fields(edited) == ["stop.force: false -> true edit", "stop.timeout: 120s -> 10s edit"])
        forget()
        #expect(
            Planner.plan(try Self.spec(forced), inputs: Inputs(), fleet: fleet.observe(try Self.spec(forced))).isEmpty)
        // With that the mark says it again, and no word is lost on it.
        let labelled = await Self.apply(try Self.spec(forced + ", labels: {tier: web}"), fleet)
        #expect(fields(labelled) == ["labels.tier: - -> web edit"])
        let applied = fleet.nodes[name("kvm1")]?.domains.values.first?.mark?.applied
        #expect(applied?["stop.force"] == "true" && applied?["stop.timeout"] == "10s")
        let back = await Self.apply(try Self.spec(", labels: {tier: web}"), fleet)
        #expect(fields(back) == ["stop.force: true -> false edit", "stop.timeout: 10s -> 120s edit"])
    }

    @Test("What waits for its turn to start in a running apply is no drift; what somebody stopped is")
    func queued() async throws {
        let spec = try Self.spec("")
        let fleet = FakeFleet(ClusterIdentity(spec), [FakeNode(name("kvm1"))])
        let first = Planner.plan(spec, inputs: inputs(spec), fleet: fleet.observe(spec))
        for step in first.steps where !["start", "ready"].contains(step.id.text.split(separator: "/").last ?? "") {
            if step.operation != .barrier { _ = try fleet.perform(step) }
        }
        let during = Planner.plan(spec, inputs: inputs(spec), fleet: fleet.observe(spec))
        #expect(during.changes.map(\.action) == [.start])
        #expect(during.driftAlone.changes.isEmpty)
        _ = await Self.apply(spec, fleet)
        fleet.edit { nodes in
            for uuid in nodes[name("kvm1")]?.domains.keys.map({ $0 }) ?? [] {
                nodes[name("kvm1")]?.domains[uuid]?.power = .shutOff
            }
        }
        let after = Planner.plan(spec, inputs: inputs(spec), fleet: fleet.observe(spec))
        #expect(after.driftAlone.changes.map(\.action) == [.start])
    }

    @Test("An instance stands once in a plan of drift, and once among the updates")
    func once() async throws {
        let spec = try Self.spec("")
        let fleet = FakeFleet(ClusterIdentity(spec), [FakeNode(name("kvm1"))])
        _ = await Self.apply(spec, fleet)
        fleet.edit { nodes in
            for uuid in nodes[name("kvm1")]?.domains.keys.map({ $0 }) ?? [] {
                nodes[name("kvm1")]?.domains[uuid]?.power = .shutOff
                nodes[name("kvm1")]?.domains[uuid]?.autostart = false
                nodes[name("kvm1")]?.domains[uuid]?.vcpus = 2
            }
        }
        let plan = Planner.plan(spec, inputs: inputs(spec), fleet: fleet.observe(spec))
        let updates = plan.changes.filter { $0.action == .update }
        #expect(updates.map { $0.fields.map(\.path).sorted() } == [["autostart", "vcpus"]], "\(planText(plan))")
        #expect(plan.driftAlone.changes.count == 1)
        #expect(plan.driftAlone.changes.first?.fields.map(\.path).sorted() == ["autostart", "vcpus"])
    }
}
