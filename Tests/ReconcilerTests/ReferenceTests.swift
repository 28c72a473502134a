import Roles
import Spec
import TestNames
import TestRoles
import Testing

@testable import Reconciler

/// What a role is told of the instances that it refers to.
@Suite("References of roles") struct ReferenceTests {
    private static let size = "image: disk, vcpus: 1, memory: 256MiB, disk: 3GiB, ready: running, networks: [lan]"

    /// A balancer in front of a group.
    private func spec(web count: Int, number: Int = 1) throws -> Cluster {
        var spec = try cluster(networked: "{lb: {\(Self.size)}, web: {\(Self.size), count: \(count)}}")
        spec.probe("web", number: number)
        spec.probe("lb", .members(of: name("web"), network: name("lan"), port: 80, waits: true))
        return spec
    }

    private func plan(_ wanted: Cluster, on fleet: FakeFleet) -> Plan {
        let seen = fleet.observe(wanted)
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        let defects = PlanChecker.violations(in: plan, of: wanted, fleet: seen, intent: .apply(deleteData: false))
        #expect(defects.map(\.description) == [], "\(planText(plan))")
        return plan
    }

    private func told(_ plan: Plan, _ instance: String) -> [String: ResolvedReference]? {
        for step in plan.steps where step.object.name == instance {
            guard case .role(let change) = step.operation,
                case .set(let state, _)? = change.action(of: Probe.self)
            else { continue }
            return state.resolved
        }
        return nil
    }

    /// Whom a role's only list has, with what is said of each.
    private func list(_ plan: Plan, _ instance: String) -> [String]? {
        guard case .members(let members)? = told(plan, instance)?.values.first else { return nil }
        return members.map { member in
            "\(member.name) \(member.address)" + (member.port.map { ":\($0)" } ?? "") + (member.isSelf ? " self" : "")
                + (member.isFirst ? " first" : "")
        }
    }

    private func edit(_ member: String, of fleet: FakeFleet, _ change: (inout ObservedDomain) -> Void) {
        fleet.edit { nodes in
            for node in nodes.keys {
                for (uuid, domain) in nodes[node]?.domains ?? [:] where domain.mark?.instance.text == member {
                    if var changed = nodes[node]?.domains[uuid] {
                        change(&changed)
                        nodes[node]?.domains[uuid] = changed
                    }
                }
            }
        }
    }

    @Test("A list has the members by their numbers, and a new one changes it after it is ready")
    func members() async throws {
        let fleet = await FakeFleet.having(try spec(web: 2))
        #expect(plan(try spec(web: 2), on: fleet).isEmpty)
        let more = plan(try spec(web: 3), on: fleet)
        let addresses = try #require(list(more, "lb"))
        #expect(addresses.map { $0.prefix(5) } == ["web-1", "web-2", "web-3"])
        #expect(addresses.allSatisfy { $0.hasSuffix(":80") })
        let change = try #require(more.steps.first { $0.id.text == "kvm1/instance/lb/probe/app" })
        #expect(change.requires == [StepID("kvm1/instance/web-3/probe/app")])
        let fewer = plan(try spec(web: 1), on: fleet)
        #expect(list(fewer, "lb")?.count == 1)
    }

    @Test("Who failed is sent nobody, unless it is on the list already")
    func unfit() async throws {
        let fleet = await FakeFleet.having(try spec(web: 2))
        edit("web-2", of: fleet) { domain in
            domain.roles[Probe.self] = .known([name("app"): Probe.Observed(number: 1, isUnfit: true)])
        }
        #expect(told(plan(try spec(web: 2), on: fleet), "lb") == nil)
        edit("lb", of: fleet) { $0.roles[Probe.self] = .known([:]) }
        #expect(list(plan(try spec(web: 2), on: fleet), "lb")?.map { $0.prefix(5) } == ["web-1"])
    }

    @Test("What failed on a member is not tried on the others")
    func failedElsewhere() async throws {
        let fleet = await FakeFleet.having(try spec(web: 3))
        edit("web-3", of: fleet) { domain in
            domain.roles[Probe.self] = .known([name("app"): Probe.Observed(number: 1, isUnfit: true, failed: "x")])
        }
        let plan = plan(try spec(web: 3, number: 2), on: fleet)
        let blocked = plan.changes.filter { $0.blocked != nil }.map { "\($0.object.name): \($0.blocked ?? "")" }
        #expect(blocked.sorted() == ["web-1: it failed on web-3", "web-2: it failed on web-3", "web-3: it failed"])
    }

    @Test("Members of one group know which is the first: the lowest of new ones, then who says so")
    func first() async throws {
        var wanted = try cluster(networked: "{db: {\(Self.size), count: 3}}")
        wanted.probe("db", .members(of: name("db"), network: name("lan"), port: nil, waits: true))
        let empty = FakeFleet(ClusterIdentity(wanted), [FakeNode(name("kvm1"))])
        let new = plan(wanted, on: empty)
        #expect(list(new, "db-2")?.map { $0.split(separator: " ").dropFirst(2).joined() } == ["first", "self", ""])
        for other in ["db-2", "db-3"] {
            let step = try #require(new.steps.first { $0.id.text == "kvm1/instance/\(other)/probe/app" })
            #expect(step.requires.contains(StepID("kvm1/instance/db-1/probe/app")))
        }
        let fleet = await FakeFleet.having(wanted)
        #expect(plan(wanted, on: fleet).isEmpty)
        wanted.probe("db", number: 2, .members(of: name("db"), network: name("lan"), port: nil, waits: true))
        edit("db-1", of: fleet) { $0.roles[Probe.self] = .known([name("app"): Probe.Observed(number: 1)]) }
        edit("db-3", of: fleet) { domain in
            let own = Member(
                name: name("db-3"), address: IPv4Address(value: 0x0A00_0066), isSelf: true, isFirst: true)
            domain.roles[Probe.self] = .known([
                name("app"): Probe.Observed(number: 1, resolved: ["peers.0": .members([own])])
            ])
        }
        let next = plan(wanted, on: fleet)
        #expect(list(next, "db-1")?.map { $0.hasSuffix("first") } == [false, false, true])
        // Whom the others follow is not guessed where two say that it is them.
        edit("db-2", of: fleet) { domain in
            let own = Member(
                name: name("db-2"), address: IPv4Address(value: 0x0A00_0065), isSelf: true, isFirst: true)
            domain.roles[Probe.self] = .known([
                name("app"): Probe.Observed(number: 1, resolved: ["peers.0": .members([own])])
            ])
        }
        let both = "app is not changed: db-2 and db-3 both say that they are the first of their group"
        #expect(
            plan(wanted, on: fleet).refusals.contains { $0.reason == both && $0.remedy.hasPrefix("remove the one") })
        edit("db-2", of: fleet) { $0.roles[Probe.self] = .known([name("app"): Probe.Observed(number: 1)]) }
        edit("db-3", of: fleet) { $0.power = .shutOff }
        let silent = plan(wanted, on: fleet)
        let reason = "app is not changed: db-3 was not asked, and may be the first of its group"
        #expect(silent.refusals.contains { $0.reason == reason })
    }

    @Test("A longer list of a role leaves those alone that refer to what stays the same")
    func stable() async throws {
        func spec(_ number: Int, _ more: String = "", workers: Int = 2) throws -> Cluster {
            var spec = try cluster(
                networked: "{manager: {\(Self.size)\(more)}, worker: {\(Self.size), count: \(workers)}}")
            spec.probe(
                "manager", number: number,
                .members(of: name("worker"), network: name("lan"), port: nil, waits: false))
            spec.probe("worker", .output(of: name("manager"), role: name("app"), output: "seal"))
            return spec
        }
        let fleet = FakeFleet(ClusterIdentity(try spec(1)), [FakeNode(name("kvm1"))])
        // The second time, the worker knows what it was given.
        for _ in 0..<3 { _ = await Executor(drivers: fleet.drivers).run(plan(try spec(1), on: fleet)) { _ in } }
        #expect(plan(try spec(1), on: fleet).isEmpty)
        let more = plan(try spec(1, workers: 3), on: fleet)
        #expect(told(more, "manager") != nil)
        #expect(told(more, "worker-1") == nil, "\(planText(more))")
        // Another change of the role may give something else.
        guard case .pending? = told(plan(try spec(2), on: fleet), "worker-1")?["peers.0"] else {
            Issue.record("an output is known before its role has changed")
            return
        }
        // A new root disk is another machine, which gives something else.
        let replaced = plan(try spec(1, ", onChange: replace, cloudInit: {timezone: Etc/UTC}"), on: fleet)
        guard case .pending? = told(replaced, "worker-1")?["peers.0"] else {
            Issue.record("\(planText(replaced))")
            return
        }
    }

    @Test("An output is known at once where its role stays as it is, and else when that is done")
    func outputs() async throws {
        func spec(_ number: Int) throws -> Cluster {
            var spec = try cluster(networked: "{manager: {\(Self.size)}, worker: {\(Self.size)}}")
            spec.probe("manager", number: number)
            spec.probe("worker", .output(of: name("manager"), role: name("app"), output: "token"))
            return spec
        }
        let fleet = FakeFleet(ClusterIdentity(try spec(1)), [FakeNode(name("kvm1"))])
        let new = plan(try spec(1), on: fleet)
        guard case .pending(let place)? = told(new, "worker")?["peers.0"] else {
            Issue.record("nothing is pending")
            return
        }
        #expect(place.node == name("kvm1") && place.addresses.count == 1)
        _ = await Executor(drivers: fleet.drivers).run(new) { _ in }
        guard case .output(.secret(id: "1"), _)? = told(plan(try spec(1), on: fleet), "worker")?["peers.0"] else {
            Issue.record("the id of a secret is not known")
            return
        }
        _ = await Executor(drivers: fleet.drivers).run(plan(try spec(1), on: fleet)) { _ in }
        guard case .pending? = told(plan(try spec(2), on: fleet), "worker")?["peers.0"] else {
            Issue.record("an output is known before its role has changed")
            return
        }
        var other = try spec(1)
        other.probe("worker", .output(of: name("manager"), role: name("app"), output: "nothing"))
        let unknown = plan(other, on: fleet)
        let reason = "app is left unchanged: manager does not say what app gives as nothing"
        #expect(unknown.unknowns.map(\.reason) == [reason])
    }
}
