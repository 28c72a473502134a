import Reconciler
import Spec
import TestNames
import Testing

/// What a node that does not answer keeps others from doing.
@Suite struct UnreachableNodeTests {
    static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}, kvm2: {address: 10.0.0.2}}
        images: {disk: {source: disk.qcow2}}
        instances:
          one: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: kvm1}
          two: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
        """

    static func seen(_ node: ObservedNode, remembered: Roster? = nil) -> ObservedFleet {
        let cause = Unreachable(cause: .timeout, summary: "no answer within 10 s", remedy: "look")
        return ObservedFleet(
            nodes: [name("kvm1"): .answered(node), name("kvm2"): .unknown(cause)], remembered: remembered)
    }

    static func roster(machine: String = "machine-kvm1") -> Roster {
        let entry = Roster.Entry(
            node: name("kvm2"), part: name("main"), uuid: UniqueID(derivedFrom: "two"), macs: [], addresses: [],
            volumes: [:])
        return Roster(
            cluster: ClusterIdentity(name: name("demo")), generation: 3,
            nodes: [name("kvm1"): .init(machine: machine), name("kvm2"): .init(machine: "machine-kvm2")],
            instances: [name("two"): entry], keptDisks: [])
    }

    static func defined(_ plan: Plan) -> [String] {
        plan.steps.compactMap { step in
            if case .domain(.define(let domain)) = step.operation { domain.mark.instance.text } else { nil }
        }.sorted()
    }

    @Test("On a new cluster the rest proceeds")
    func newCluster() throws {
        let cluster = try cluster(Self.spec)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: Self.seen(try emptyNode("kvm1")))
        #expect(Self.defined(plan) == ["one", "two"])
        #expect(plan.unreachableNodes.map(\.held) == [[]])
    }

    @Test("What only an unreachable node could take waits for it, and is no refusal")
    func pinnedToTheUnreachableNode() throws {
        let cluster = try cluster(
            Self.spec.split(separator: "\n").map { $0.hasPrefix("  two") ? $0.dropLast() + ", node: kvm2}" : $0 + "" }
                .joined(separator: "\n"))
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: Self.seen(try emptyNode("kvm1")))
        #expect(Self.defined(plan) == ["one"])
        #expect(plan.refusals.isEmpty)
        #expect(
            plan.changes.first { $0.object.name == "two" }?.blocked
                == "no node that answers can run it: kvm1: the instance is pinned to kvm2; kvm2 does not answer")
    }

    @Test("What a node's roster or this machine's copy says is on it is not made elsewhere")
    func remembered() throws {
        let cluster = try cluster(Self.spec)
        var node = try emptyNode("kvm1")
        let copy = Planner.plan(cluster, inputs: inputs(cluster), fleet: Self.seen(node, remembered: Self.roster()))
        node.roster = Self.roster()
        let own = Planner.plan(cluster, inputs: inputs(cluster), fleet: Self.seen(node))
        for plan in [copy, own] {
            #expect(Self.defined(plan) == ["one"])
            #expect(plan.unreachableNodes.map(\.held) == [[name("two")]])
        }
    }

    @Test("A copy that speaks of other machines of the same names counts for nothing")
    func anotherFleet() throws {
        let cluster = try cluster(Self.spec)
        let plan = Planner.plan(
            cluster, inputs: inputs(cluster),
            fleet: Self.seen(try emptyNode("kvm1"), remembered: Self.roster(machine: "of the lab before")))
        #expect(Self.defined(plan) == ["one", "two"])
    }

    @Test("Where the rosters were lost, an unreachable node may hold anything")
    func rostersLost() throws {
        let cluster = try cluster(Self.spec)
        let fleet = FakeFleet(ClusterIdentity(cluster), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        let first = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster))
        let uuid = ObjectNames(ClusterIdentity(cluster)).domainUUID(name("one"))
        for step in first.steps {
            if case .domain(.define(let domain)) = step.operation, domain.uuid != uuid { continue }
            if step.node == name("kvm1") { _ = try? fleet.perform(step) }
        }
        fleet.edit { nodes in
            for key in nodes.keys { nodes[key]?.roster = nil }
            nodes[name("kvm2")]?.isUnreachable = true
        }
        var seen = fleet.observe(cluster)
        seen.remembered = nil
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen)
        #expect(!Self.defined(plan).contains("two"))
        #expect(plan.unreachableNodes.map(\.held) == [[name("two")]])
        #expect(plan.changes.contains { $0.object.name == "two" && $0.blocked?.contains("may run it") == true })
    }

    static let adopted = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}, kvm2: {address: 10.0.0.2}}
        images: {disk: {source: disk.qcow2}}
        networks: {lan: {mode: bridge, bridge: br0, dhcp: external}}
        instances:
          mail: {adopted: true, vcpus: 1, memory: 1GiB, node: kvm2, nics: {nic1: {network: lan, mac: "52:54:00:00:00:07"}}}
          web: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
        """

    @Test("Where no node answers nothing is known, nothing is to be made, and nobody is told to remove anything")
    func blind() throws {
        let cluster = try cluster(Self.adopted)
        let cause = Unreachable(cause: .authentication, summary: "no key was accepted", remedy: "look")
        let fleet = ObservedFleet(nodes: [name("kvm1"): .unknown(cause), name("kvm2"): .unknown(cause)])
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet)
        #expect(plan.changes.isEmpty && plan.refusals.isEmpty && plan.steps.isEmpty, "\(planText(plan))")
        #expect(plan.unreachableNodes.map(\.held) == [[name("mail"), name("web")], [name("mail"), name("web")]])
        #expect(
            plan.notes == ["no node answered: the state of mail, web is unknown, and nothing is planned for them"])
        #expect(!planText(plan).contains("remove it from the spec"))
        for instance in ["mail", "web"] {
            #expect(FleetHealth(cluster, fleet).health(of: name(instance)).status == .unknown)
        }
    }

    @Test(
        "What was adopted may be on the one node that does not answer, whatever the others remember",
        arguments: [false, true])
    func adoptedOnUnreachable(hasRoster: Bool) throws {
        let cluster = try cluster(Self.adopted)
        var node = try emptyNode("kvm1")
        if hasRoster {
            node.roster = Self.roster()
            node.roster?.instances = [:]
        }
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: Self.seen(node))
        #expect(!plan.refusals.contains { $0.object.name == "mail" }, "\(planText(plan))")
        #expect(!plan.changes.contains { $0.object.name == "mail" })
        #expect(plan.unreachableNodes.map(\.held) == [[name("mail")]])
    }
}
