import Reconciler
import Spec
import TestNames
import Testing

/// What a guest calls itself changes only where the name does.
@Suite("Names of guests") struct HostNameTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}}
        images: {debian: {source: debian.qcow2}}
        instances:
          web: {image: debian, vcpus: 1, memory: 1GiB, disk: 3GiB, ready: running}
        """

    private func plan(_ before: String, _ after: String) async throws -> Plan {
        let fleet = try await fleet(before)
        return try plan(after, on: fleet)
    }

    private func fleet(_ text: String) async throws -> FakeFleet {
        let fleet = FakeFleet(ClusterIdentity(name: name("demo")), [FakeNode(name("kvm1"))])
        try await apply(text, on: fleet)
        return fleet
    }

    private func plan(_ text: String, on fleet: FakeFleet) throws -> Plan {
        let wanted = try cluster(Self.spec.replacing("web: {", with: text))
        let seen = fleet.observe(wanted)
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        let defects = PlanChecker.violations(in: plan, of: wanted, fleet: seen, intent: .apply(deleteData: false))
        #expect(defects.map(\.description) == [])
        return plan
    }

    @discardableResult
    private func apply(_ text: String, on fleet: FakeFleet, _ fault: Fault? = nil) async throws -> Plan {
        let plan = try plan(text, on: fleet)
        fleet.begin(fault)
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
        fleet.begin()
        return plan
    }

    private func paths(_ plan: Plan) -> [String] { plan.changes.flatMap(\.fields).map(\.path) }

    @Test("The instance's own name as hostname is no change")
    func same() async throws {
        #expect(try await plan("web: {", "web: {hostname: web, ").isEmpty)
        #expect(try await plan("web: {hostname: web, ", "web: {").isEmpty)
        let renamed = try await plan("web: {", "app: {renamedFrom: web, hostname: web, ")
        #expect(paths(renamed) == ["name"])
    }

    @Test("A name that was written out and is the instance's own is no change when both go")
    func ownNameGoes() async throws {
        #expect(paths(try await plan("web: {hostname: web, ", "app: {renamedFrom: web, ")) == ["name"])
        let fleet = try await fleet("web: {hostname: web, ")
        #expect(try await apply("web: {", on: fleet).isEmpty)
        #expect(paths(try await apply("app: {renamedFrom: web, ", on: fleet)) == ["name"])
        #expect(try plan("app: {renamedFrom: web, ", on: fleet).isEmpty)
        #expect(try plan("app: {", on: fleet).isEmpty)
    }

    /// Each with whether what the guest calls itself changes by it.
    static let renames = [
        ("web: {", "app: {renamedFrom: web, hostname: web, ", false),
        ("web: {hostname: web, ", "app: {renamedFrom: web, ", false),
        ("web: {hostname: db, ", "app: {renamedFrom: web, hostname: db, ", false),
        ("web: {", "app: {renamedFrom: web, hostname: app, ", false),
        ("web: {hostname: db, ", "app: {renamedFrom: web, ", true),
        ("web: {", "app: {renamedFrom: web, hostname: db, ", true),
        ("web: {", "app: {renamedFrom: web, hostname: web, onChange: ignore, ", false),
        ("web: {", "app: {renamedFrom: web, hostname: web, labels: {rack: a}, autostart: true, ", false),
    ]

    @Test("A renamed guest keeps its name, however the run that renames it is cut off", arguments: renames)
    func cutOff(before: String, after: String, isChanged: Bool) async throws {
        for step in 0..<8 {
            for kind in [Fault.Kind.killed, .killedAfterEffect, .failed] {
                let fleet = try await fleet(before)
                try await apply(after, on: fleet, Fault(kind: kind, step: step))
                let next = try await apply(after, on: fleet)
                #expect(isChanged || !paths(next).contains("hostname"), "\(kind) at \(step)")
                #expect(try plan(after, on: fleet).isEmpty, "\(kind) at \(step)")
                #expect(fleet.unexpected == [])
                let later = try plan(after.replacing("renamedFrom: web, ", with: ""), on: fleet)
                #expect(later.isEmpty, "\(kind) at \(step)")
            }
        }
    }

    @Test("Another name is a change")
    func other() async throws {
        let plan = try await plan("web: {", "web: {hostname: app, ")
        #expect(paths(plan) == ["hostname"])
    }
}
