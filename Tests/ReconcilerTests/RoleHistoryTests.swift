import Reconciler
import Roles
import Spec
import TestNames
import Testing

/// A mark remembers a role for as long as the guest may have something of it.
@Suite("What marks remember of roles") struct RoleHistoryTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}}
        images: {debian: {source: debian.qcow2}}
        instances:
          db:
            image: debian
            vcpus: 1
            memory: 1GiB
            disk: 3GiB
            ready: running
            labels: {rack: a}
            roles: {etc: {files: {/etc/motd: {content: hi}}}}
        """
    private static let otherLabel = ("{rack: a}", "{rack: b}")
    private static let reboot = ("    labels", "    hardware: {cpu: Haswell}\n    labels")
    private static let off = ("    labels", "    power: off\n    labels")
    private static let noRole = ("    roles: {etc: {files: {/etc/motd: {content: hi}}}}", "")
    private static let site = ("files: {/etc/motd: {content: hi}}", "git-web: {repo: 'https://example.org/site.git'}")

    private func spec(_ changes: [(String, String)]) throws -> Cluster {
        try cluster(changes.reduce(Self.spec) { $0.replacing($1.0, with: $1.1) })
    }

    private func fleet() -> FakeFleet {
        let identity = ClusterIdentity(name: name("demo"))
        return FakeFleet(identity, [FakeNode(name("kvm1"))])
    }

    private func plan(_ wanted: Cluster, on fleet: FakeFleet) -> Plan {
        let seen = fleet.observe(wanted)
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        let defects = PlanChecker.violations(in: plan, of: wanted, fleet: seen, intent: .apply(deleteData: false))
        #expect(defects.map(\.description) == [])
        return plan
    }

    @discardableResult
    private func apply(_ wanted: Cluster, on fleet: FakeFleet, _ fault: Fault? = nil) async -> Plan {
        let plan = plan(wanted, on: fleet)
        fleet.begin(fault)
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
        fleet.begin()
        return plan
    }

    private func remembered(_ fleet: FakeFleet) -> [String] {
        fleet.nodes.values.flatMap { $0.domains.values.compactMap(\.mark) }.flatMap { MarkedRole.all(in: $0) }
            .map { "\($0.name) \($0.kind)" }
    }

    private func inGuest(_ fleet: FakeFleet) -> [String] {
        fleet.nodes.values.flatMap(\.domains.values).flatMap { FakeNode.roles(in: $0) }
            .map { "\($0.name) \($0.kind)" }.sorted()
    }

    private func fields(_ plan: Plan) -> [String] {
        plan.changes.flatMap(\.fields).map { "\($0.path) \($0.old ?? "-") → \($0.new ?? "-")" }
    }

    @Test("A role that leaves with another change of its instance is cleared away and then forgotten")
    func leavesWithAnotherChange() async throws {
        for other in [Self.otherLabel, Self.reboot] {
            let fleet = fleet()
            await apply(try spec([]), on: fleet)
            #expect(inGuest(fleet) == ["etc files"] && remembered(fleet) == ["etc files"])
            let wanted = try spec([other, Self.noRole])
            let plan = await apply(wanted, on: fleet)
            #expect(fields(plan).contains("roles.etc 1 file → -"))
            #expect(inGuest(fleet) == [] && remembered(fleet) == [])
            #expect(self.plan(wanted, on: fleet).isEmpty && fleet.unexpected == [])
        }
    }

    @Test("However a run is cut off, the next one clears away what left the spec", arguments: [0, 1, 2, 3])
    func cutOff(number: Int) async throws {
        let changes = [
            [Self.otherLabel, Self.noRole], [Self.reboot, Self.noRole], [Self.site], [Self.reboot, Self.site],
        ]
        for step in 0..<12 {
            for kind in [Fault.Kind.killed, .killedAfterEffect, .failed] {
                let fleet = fleet()
                await apply(try spec([]), on: fleet)
                let wanted = try spec(changes[number])
                await apply(wanted, on: fleet, Fault(kind: kind, step: step))
                let missing = inGuest(fleet).filter { !remembered(fleet).contains($0) }
                #expect(missing == [], "\(kind) at \(step)")
                await apply(wanted, on: fleet)
                #expect(inGuest(fleet) == (number < 2 ? [] : ["etc git-web"]), "\(kind) at \(step)")
                #expect(remembered(fleet) == inGuest(fleet) && fleet.unexpected == [], "\(kind) at \(step)")
            }
        }
    }

    @Test("A new role is remembered before it is made")
    func comes() async throws {
        for step in 0..<4 {
            let fleet = fleet()
            await apply(try spec([Self.noRole]), on: fleet)
            await apply(try spec([]), on: fleet, Fault(kind: .killedAfterEffect, step: step))
            await apply(try spec([Self.noRole]), on: fleet)
            #expect(inGuest(fleet) == [] && remembered(fleet) == [] && fleet.unexpected == [])
        }
    }

    @Test("A name that becomes another kind has the old kind cleared away before the new one is made")
    func otherKind() async throws {
        let fleet = fleet()
        await apply(try spec([]), on: fleet)
        let wanted = try spec([Self.site])
        let plan = await apply(wanted, on: fleet)
        #expect(roleSteps(plan) == ["record-roles", "files/etc", "site/etc", "forget-roles"])
        #expect(inGuest(fleet) == ["etc git-web"] && remembered(fleet) == ["etc git-web"])
        #expect(self.plan(wanted, on: fleet).isEmpty)
        await apply(try spec([]), on: fleet)
        #expect(inGuest(fleet) == ["etc files"] && remembered(fleet) == ["etc files"] && fleet.unexpected == [])
    }

    @Test("A file that moves to another role goes there before its old role is cleared away for another kind")
    func otherKindHandsOver() async throws {
        let files = "files: {/etc/motd: {content: hi}}"
        let both = "files: {/etc/motd: {content: hi}, /etc/issue: {content: ho}}"
        let fleet = fleet()
        await apply(try spec([(files, both)]), on: fleet)
        for name in ["conf", "zone"] {
            let wanted = try spec([
                ("{etc: {\(files)}}", "{\(name): {\(files)}, etc: {git-web: {repo: 'https://example.org/site.git'}}}")
            ])
            let plan = plan(wanted, on: fleet)
            #expect(roleSteps(plan) == ["record-roles", "files/\(name)", "files/etc", "site/etc", "forget-roles"])
        }
    }

    @Test("Two names that change their kinds for each other's hand over what they can")
    func swappedKinds() async throws {
        let files = "{files: {/etc/motd: {content: hi}}}"
        let site = "{git-web: {repo: 'https://example.org/site.git'}}"
        let fleet = fleet()
        await apply(try spec([("{etc: \(files)}", "{etc: \(files), www: \(site)}")]), on: fleet)
        let wanted = try spec([("{etc: \(files)}", "{etc: \(site), www: \(files)}")])
        let plan = await apply(wanted, on: fleet)
        #expect(roleSteps(plan) == ["record-roles", "site/www", "files/www", "files/etc", "site/etc", "forget-roles"])
        #expect(self.plan(wanted, on: fleet).isEmpty && fleet.unexpected == [])
    }

    private func roleSteps(_ plan: Plan) -> [String] {
        plan.steps.map { $0.id.text.split(separator: "/").dropFirst(3).joined(separator: "/") }
    }

    @Test("A role that an earlier run made and did not record is recorded once, and cleared away when it leaves")
    func unrecorded() async throws {
        let fleet = fleet()
        await apply(try spec([]), on: fleet)
        fleet.edit { nodes in
            for uuid in nodes[name("kvm1")]?.domains.keys.map(\.self) ?? [] {
                nodes[name("kvm1")]?.domains[uuid]?.mark?.applied["roles.etc"] = nil
            }
        }
        #expect(remembered(fleet) == [])
        let plan = await apply(try spec([]), on: fleet)
        #expect(roleSteps(plan) == ["record-roles"])
        #expect(plan.changes.map(\.reason) == ["its mark does not say that it has etc"])
        #expect(remembered(fleet) == ["etc files"])
        #expect(self.plan(try spec([]), on: fleet).isEmpty)
        await apply(try spec([Self.noRole]), on: fleet)
        #expect(inGuest(fleet) == [] && remembered(fleet) == [] && fleet.unexpected == [])
    }

    @Test("A role that comes back with a snapshot is cleared away where the spec does not have it")
    func comesBack() async throws {
        let fleet = fleet()
        await apply(try spec([]), on: fleet)
        let domain = try #require(fleet.nodes[name("kvm1")]?.domains.values.first)
        try await perform(.create(uuid: domain.uuid, name: domain.name, snapshot: "s", withMemory: false), on: fleet)
        let wanted = try spec([Self.noRole])
        await apply(wanted, on: fleet)
        #expect(inGuest(fleet) == [] && remembered(fleet) == [])
        try await perform(.revert(uuid: domain.uuid, name: domain.name, snapshot: "s"), on: fleet)
        #expect(inGuest(fleet) == ["etc files"] && remembered(fleet) == ["etc files"])
        let plan = await apply(wanted, on: fleet)
        #expect(fields(plan) == ["roles.etc 1 file → -"])
        #expect(inGuest(fleet) == [] && remembered(fleet) == [])
        #expect(self.plan(wanted, on: fleet).isEmpty && fleet.unexpected == [])
    }

    @Test("What a snapshot had beside what the spec has now is cleared away, and what is back already stays")
    func otherKindComesBack() async throws {
        let fleet = fleet()
        await apply(try spec([]), on: fleet)
        let domain = try #require(fleet.nodes[name("kvm1")]?.domains.values.first)
        try await perform(.create(uuid: domain.uuid, name: domain.name, snapshot: "s", withMemory: false), on: fleet)
        await apply(try spec([Self.site]), on: fleet)
        try await perform(.revert(uuid: domain.uuid, name: domain.name, snapshot: "s"), on: fleet)
        #expect(inGuest(fleet) == ["etc files"] && remembered(fleet) == ["etc files", "etc git-web"])
        await apply(try spec([Self.site]), on: fleet)
        #expect(inGuest(fleet) == ["etc git-web"] && remembered(fleet) == ["etc git-web"])
        #expect(self.plan(try spec([Self.site]), on: fleet).isEmpty && fleet.unexpected == [])
    }

    private func perform(_ operation: SnapshotOperation, on fleet: FakeFleet) async throws {
        let driver = try #require(fleet.drivers[name("kvm1")])
        let step = Step(
            id: StepID("by hand"), node: name("kvm1"), object: ObjectReference(.node, "kvm1", on: nil),
            operation: .snapshot(operation), expectation: .none)
        fleet.begin()
        _ = try await driver.perform(step) { _ in }
    }

    @Test("Where nobody can ask what the old kind left, the new one waits")
    func unknownKind() async throws {
        let fleet = fleet()
        await apply(try spec([]), on: fleet)
        fleet.edit { nodes in
            for uuid in nodes[name("kvm1")]?.domains.keys.map(\.self) ?? [] {
                nodes[name("kvm1")]?.domains[uuid]?.roles[Files.self] = .unknown("it does not answer")
            }
        }
        let plan = plan(try spec([Self.site]), on: fleet)
        #expect(plan.steps.isEmpty && plan.unknowns.count == 1)
    }

    @Test("A role that left while the guest was off is cleared away when it comes up")
    func leftWhileOff() async throws {
        let fleet = fleet()
        await apply(try spec([]), on: fleet)
        await apply(try spec([Self.off]), on: fleet)
        await apply(try spec([Self.off, Self.otherLabel, Self.noRole]), on: fleet)
        #expect(remembered(fleet) == ["etc files"])
        let wanted = try spec([Self.otherLabel, Self.noRole])
        let plan = await apply(wanted, on: fleet)
        #expect(plan.changes.flatMap(\.details).contains("the files of etc are removed"))
        #expect(inGuest(fleet) == [] && remembered(fleet) == [])
        #expect(self.plan(wanted, on: fleet).isEmpty && fleet.unexpected == [])
    }

    @Test("A guest that comes up has its files shown: what differs where it ran, and all of them where it did not")
    func boots() async throws {
        let fleet = fleet()
        let new = await apply(try spec([]), on: fleet)
        #expect(new.changes.flatMap(\.details).contains("gets the files of etc: /etc/motd"))
        let more = ("hi}}", "hi}, /etc/issue: {content: ho}}")
        let restarted = await apply(try spec([Self.reboot, more]), on: fleet)
        #expect(fields(restarted).contains { $0.hasPrefix("roles.etc./etc/issue - → sha256:") })
        #expect(!fields(restarted).contains { $0.contains("motd") })
        await apply(try spec([Self.reboot, more, Self.off]), on: fleet)
        let started = await apply(try spec([Self.reboot, more]), on: fleet)
        #expect(
            started.changes.flatMap(\.details).contains(
                "gets the files of etc, where it has them otherwise: /etc/issue, /etc/motd"))
        let again = await apply(try spec([more]), on: fleet)
        #expect(again.changes.flatMap(\.details).contains("the files of etc are looked after when it is up"))
        #expect(fleet.unexpected == [])
    }

    @Test("A plan in which a mark forgets too early, or remembers too late, is refused by the checker")
    func checked() async throws {
        let fleet = fleet()
        await apply(try spec([]), on: fleet)
        let wanted = try spec([Self.site])
        let seen = fleet.observe(wanted)
        let good = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        func complaints(_ change: (inout Plan) -> Void, _ spec: Cluster = wanted) -> [String] {
            var plan = good
            change(&plan)
            return PlanChecker.violations(in: plan, of: spec, fleet: seen, intent: .apply(deleteData: false))
                .filter { $0.rule == .role }.map(\.detail)
        }
        #expect(complaints { _ in } == [])
        let early = complaints { plan in
            for index in plan.steps.indices where plan.steps[index].id.text.hasSuffix("forget-roles") {
                plan.steps[index].requires = []
            }
        }
        #expect(early == ["the mark forgets etc, which is not cleared away"])
        let late = complaints { plan in
            for index in plan.steps.indices { plan.steps[index].requires = [] }
        }
        #expect(late.contains("it is made before its mark remembers it"))
        #expect(complaints({ _ in }, try spec([])).contains("the spec still has it"))
    }
}
