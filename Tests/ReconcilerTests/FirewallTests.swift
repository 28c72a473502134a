import Reconciler
import Spec
import TestNames
import TestTools
import Testing

/// A web server and the load balancers that may reach it.
private enum FirewallSpec {
    static let fromBalancers =
        ", firewall: {ingress: [{from: {members: lb}, ports: [8080]}, {from: back, protocol: icmp}]}"

    static func text(lb: Int = 1, firewall: String = fromBalancers, web: String = "kvm1") -> String {
        """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: n1}, kvm2: {address: n2}}
        images: {disk: {source: disk.qcow2}}
        networks:
          back: {mode: vxlan, vni: 42, cidr: 10.42.0.0/24}
        profiles:
          small: {image: disk, vcpus: 1, memory: 256MiB, disk: 3GiB, networks: [back]}
        instances:
          web: {profiles: [small], node: \(web)\(firewall)}
          lb: {profiles: [small], node: kvm1, count: \(lb)}
        """
    }
}

/// Firewalls of instances: which filters nodes get, and when.
@Suite("Firewalls") struct FirewallTests {
    private static let nodes = ["kvm1", "kvm2"].map { name($0) }

    private func plan(_ text: String, _ fleet: FakeFleet) throws -> (plan: Plan, cluster: Cluster) {
        let cluster = try cluster(text)
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen)
        let found = PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: .apply(deleteData: false))
        #expect(found.map(\.description) == [])
        return (plan, cluster)
    }

    @discardableResult
    private func apply(_ text: String, _ fleet: FakeFleet) async throws -> Plan {
        fleet.begin()
        let plan = try plan(text, fleet).plan
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(fleet.unexpected.isEmpty)
        let again = try self.plan(text, fleet).plan
        #expect(again.isEmpty, "\(planText(again))")
        return plan
    }

    private func applied(_ text: String = FirewallSpec.text()) async throws -> FakeFleet {
        let fleet = FakeFleet(World.identity, Self.nodes.map { FakeNode($0) })
        try await apply(text, fleet)
        return fleet
    }

    /// The lines of the only filter that a node has.
    private func lines(_ fleet: FakeFleet, _ node: String = "kvm1") -> [String] {
        fleet.nodes[name(node)]?.filters.values.first?.lines ?? []
    }

    @Test("A guest is held to its firewall before it runs, and its interface keeps its name")
    func creates() async throws {
        let fleet = FakeFleet(World.identity, Self.nodes.map { FakeNode($0) })
        let (plan, cluster) = try plan(FirewallSpec.text(), fleet)
        try expectGolden(planText(plan), "firewall-create.txt")
        var broken = plan
        for index in broken.steps.indices {
            broken.steps[index].requires.removeAll { $0.description.hasSuffix("/firewall") }
        }
        let found = PlanChecker.violations(
            in: broken, of: cluster, fleet: fleet.observe(cluster), intent: .apply(deleteData: false))
        #expect(found.filter { $0.rule == .firewall }.count == 1, "\(found)")
        try await apply(FirewallSpec.text(), fleet)
        let lines = lines(fleet)
        #expect(lines.first == "filter 1 of web in demo")
        #expect(
            lines.dropFirst(2) == [
                "eth0 in tcp 8080 from 10.42.0.37", "eth0 in icmp from 10.42.0.0/24", "eth0 out everything",
            ])
        let web = fleet.nodes[name("kvm1")]?.domains.values.first { $0.mark?.instance == name("web") }
        #expect(web?.nics.first?.tap == web?.nics.first?.mac.tapName)
    }

    /// An edit, and the golden file of the plan that answers it.
    private static let edits: [(name: String, before: String, after: String)] = [
        ("member", FirewallSpec.text(), FirewallSpec.text(lb: 2)),
        ("member-leaves", FirewallSpec.text(lb: 2), FirewallSpec.text()),
        (
            "rule", FirewallSpec.text(),
            FirewallSpec.text(firewall: ", firewall: {ingress: [{from: any, ports: [80, 9000-9100]}], egress: []}")
        ),
        ("added", FirewallSpec.text(firewall: ""), FirewallSpec.text()),
        ("removed", FirewallSpec.text(), FirewallSpec.text(firewall: "")),
        ("move", FirewallSpec.text(), FirewallSpec.text(web: "kvm2")),
        ("added-and-moved", FirewallSpec.text(firewall: ""), FirewallSpec.text(web: "kvm2")),
    ]

    @Test("Every edit has its plan, and is done by it", arguments: edits.indices)
    func edited(_ number: Int) async throws {
        let edit = Self.edits[number]
        let fleet = try await applied(edit.before)
        try expectGolden(planText(try plan(edit.after, fleet).plan), "firewall-\(edit.name).txt")
        try await apply(edit.after, fleet)
        let filters = fleet.nodes.mapValues { $0.filters.count }
        #expect(filters.values.reduce(0, +) == (edit.name == "removed" ? 0 : 1), "\(filters)")
    }

    @Test("Who leaves a group is let in until it is gone")
    func narrows() async throws {
        let fleet = try await applied(FirewallSpec.text(lb: 2))
        let plan = try await apply(FirewallSpec.text(), fleet)
        let last = plan.steps.first { $0.id.description.hasSuffix("/firewall-after") }
        #expect(last?.requires.map(\.description) == ["kvm1/instance/lb-2/undefine"])
        #expect(!plan.steps.contains { $0.id.description.hasSuffix("web/firewall") })
        #expect(lines(fleet).contains { $0.hasSuffix("tcp 8080 from 10.42.0.37") })
    }

    /// What somebody does to a filter, and what the plan then says of it.
    private static let drifts: [(edit: @Sendable (inout FakeNode, UniqueID) -> Void, words: String)] = [
        ({ node, guest in node.filters[guest]?.state = .edited }, "changed by hand"),
        ({ node, guest in node.filters[guest]?.state = .unloaded }, "not loaded"),
        ({ node, guest in node.filters[guest] = nil }, "eth0 in tcp 8080"),
        ({ node, guest in node.filters[guest]?.taps = [] }, "not enforced at interface kt"),
        ({ node, guest in node.filters[guest]?.taps.insert("vnet7") }, "also enforced at interface vnet7"),
        ({ node, guest in node.filters[guest]?.lines[2] = "eth0 in everything" }, "eth0 in everything"),
        ({ node, _ in node.filterHook = .absent }, "firewall hook"),
        ({ node, _ in node.filterHook = .other }, "firewall hook"),
    ]

    @Test("A filter that somebody changed is named and put right", arguments: drifts.indices)
    func mends(_ number: Int) async throws {
        let fleet = try await applied()
        let guest = try #require(fleet.nodes[name("kvm1")]?.filters.keys.first)
        fleet.edit { nodes in
            if var node = nodes[name("kvm1")] {
                Self.drifts[number].edit(&node, guest)
                nodes[name("kvm1")] = node
            }
        }
        let text = planText(try plan(FirewallSpec.text(), fleet).plan)
        #expect(text.contains(Self.drifts[number].words), "\(text)")
        try await apply(FirewallSpec.text(), fleet)
    }

    @Test("A guest that runs gets a firewall at the interface that libvirt named, and keeps it over its next start")
    func running() async throws {
        let fleet = try await applied(FirewallSpec.text(firewall: ""))
        try await apply(FirewallSpec.text(), fleet)
        let mac = try #require(
            fleet.nodes[name("kvm1")]?.domains.values.first { $0.mark?.instance == name("web") }?
                .nics.first?.mac)
        #expect(fleet.nodes[name("kvm1")]?.filters.values.first?.taps == [mac.tapName, FakeNode.chosenTap(mac)])
    }

    @Test("Another cluster's filters are left alone, and so are ours of instances that other parts have")
    func others() async throws {
        let fleet = try await applied()
        let other = UniqueID(derivedFrom: "other")
        fleet.edit {
            $0[name("kvm1")]?.filters[other] = ObservedFilter(
                lines: ["filter 1 of web in another"], state: .loaded, taps: [])
        }
        #expect(try plan(FirewallSpec.text(), fleet).plan.isEmpty)
        let destroyed = Planner.plan(
            try cluster(FirewallSpec.text()), inputs: inputs(try cluster(FirewallSpec.text())),
            fleet: fleet.observe(try cluster(FirewallSpec.text())), intent: .destroy(deleteData: true))
        let cleared = destroyed.steps.filter { if case .firewall(.clear) = $0.operation { true } else { false } }
        #expect(cleared.count == 1)
    }

    @Test("An interface that goes, and an address that changes, are held until the guest has let go of them")
    func leaves() async throws {
        let two = FirewallSpec.text().replacing(
            "web: {profiles: [small]", with: "web: {profiles: [small], networks: [back, back]")
        let fleet = try await applied(two)
        let plan = try await apply(FirewallSpec.text(), fleet)
        let last = try #require(plan.steps.first { $0.id.description.hasSuffix("/firewall-after") })
        #expect(last.requires.map(\.description) == ["kvm1/instance/web/record"])
        #expect(!lines(fleet).contains { $0.hasPrefix("eth1") })
        let moved = FirewallSpec.text().replacing(
            "web: {profiles: [small]", with: "web: {profiles: [small], networks: {back: {address: 10.42.0.77}}")
        let changed = try await apply(moved, fleet)
        let first = changed.steps.compactMap { step -> GuestFilter? in
            if case .firewall(.set(let filter)) = step.operation, step.id.description.hasSuffix("/firewall") {
                filter
            } else {
                nil
            }
        }.first
        #expect(first?.nics.first?.sources?.count == 2)
        #expect(lines(fleet)[1].hasSuffix(" 10.42.0.77"))
    }

    @Test("A member on a node that does not answer is let in as before")
    func silentMember() async throws {
        let far = FirewallSpec.text(lb: 2).replacing(
            "node: kvm1, count", with: "members: {2: {node: kvm2}}, node: kvm1, count")
        let fleet = try await applied(far)
        #expect(lines(fleet)[2].split(separator: " ").count == 7)
        let before = lines(fleet)
        fleet.begin()
        fleet.edit { $0[name("kvm2")]?.isUnreachable = true }
        let plan = try plan(far, fleet).plan
        #expect(!plan.steps.contains { if case .firewall = $0.operation { true } else { false } }, "\(planText(plan))")
        #expect(lines(fleet) == before)
    }

    @Test("A member is known by its address in the same network")
    func sameNetwork() async throws {
        let text = FirewallSpec.text().replacing(
            "profiles:\n", with: "  out: {mode: isolated, cidr: 10.43.0.0/24}\nprofiles:\n"
        ).replacing("lb: {profiles: [small]", with: "lb: {profiles: [small], networks: [out, back]")
        let fleet = try await applied(text)
        #expect(lines(fleet)[2].hasPrefix("eth0 in tcp 8080 from 10.42.0.") && !lines(fleet)[2].contains("10.43"))
    }
}
