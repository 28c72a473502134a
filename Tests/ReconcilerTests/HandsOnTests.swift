import Reconciler
import Spec
import TestNames
import Testing

/// What people do with their files and machines between two applies.
@Suite("What people change by hand") struct HandsOnTests {
    private static func applied(_ clusters: [Cluster], _ fleet: FakeFleet) async {
        for cluster in clusters {
            let plan = checked(cluster, fleet)
            #expect(plan.refusals.isEmpty, "\(planText(plan))")
            _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        }
    }

    private static func checked(
        _ cluster: Cluster, _ fleet: FakeFleet, _ intent: Intent = .apply(deleteData: false)
    ) -> Plan {
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen, intent: intent)
        let violations = PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: intent)
        #expect(violations.isEmpty, "\(violations)")
        return plan
    }

    @Test("A disk that somebody attached keeps nobody from deleting the instance, and stays", arguments: [true, false])
    func attachedDisk(isDestroy: Bool) async throws {
        let whole = try cluster(UnreachableNodeTests.spec)
        let fleet = FakeFleet(ClusterIdentity(whole), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        await Self.applied([whole], fleet)
        let path = "/srv/extra.qcow2"
        fleet.edit { nodes in
            nodes[name("kvm1")]?.files[path] = ObservedVolume(path: path, capacity: .gibibytes(1))
            for (uuid, domain) in nodes[name("kvm1")]?.domains ?? [:] where domain.mark?.instance == name("one") {
                nodes[name("kvm1")]?.domains[uuid]?.disks.append(.init(name: nil, path: path))
            }
        }
        let without = try cluster(
            UnreachableNodeTests.spec.replacing(
                "  one: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: kvm1}\n", with: ""))
        let plan =
            isDestroy ? Self.checked(whole, fleet, .destroy(deleteData: true)) : Self.checked(without, fleet)
        #expect(
            plan.steps.contains { if case .domain(.undefine) = $0.operation { true } else { false } },
            "\(planText(plan))")
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(fleet.nodes[name("kvm1")]?.files[path] != nil)
    }

    @Test("An instance that went into another part's file is refused alone, and becomes that part's with both")
    func otherPart() async throws {
        func part(_ text: String, _ instances: [String]) throws -> Cluster {
            let kept = ["one", "two"].filter(instances.contains).map {
                "  \($0): {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: kvm1}"
            }
            let head = UnreachableNodeTests.spec.split(separator: "instances:")[0]
            return try cluster("\(head)part: \(text)\ninstances:\n\(kept.joined(separator: "\n"))\n")
        }
        let old = try part("main", ["one", "two"])
        let fleet = FakeFleet(ClusterIdentity(old), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        await Self.applied([old], fleet)
        var new = try part("web", ["one"])
        let alone = Self.checked(new, fleet)
        #expect(alone.refusals.map(\.object.name) == ["one"] && alone.steps.isEmpty, "\(planText(alone))")
        #expect(
            alone.refusals.first?.reason == "it was applied with part main, but is now in a file of part web")
        // Both files in one run: what the other has stays its own.
        let rest = try part("main", ["two"])
        new.instances.merge(rest.instances) { first, _ in first }
        new.parts.formUnion(rest.parts)
        let both = Self.checked(new, fleet)
        #expect(both.changes.flatMap(\.fields).map(\.path) == ["part"], "\(planText(both))")
        await Self.applied([new], fleet)
        #expect(Self.checked(new, fleet).isEmpty)
        #expect(Self.checked(rest, fleet).isEmpty)
        let marks = fleet.nodes[name("kvm1")]?.domains.values.compactMap(\.mark) ?? []
        #expect(marks.first { $0.instance == name("one") }?.part == name("web"))
    }
}
