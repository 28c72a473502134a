import Reconciler
import Spec
import TestNames
import TestTools
import Testing

/// Networks that nodes carry between them: who is connected to whom, and when.
@Suite("Overlays") struct OverlayTests {
    private static func spec(_ instances: String, nodes: String = "") -> String {
        """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: n1}, kvm2: {address: n2}, kvm3: {address: n3\(nodes)}}
        images: {disk: {source: disk.qcow2}}
        networks:
          back: {mode: vxlan, vni: 42, cidr: 10.42.0.0/24}
        instances: {\(instances)}
        """
    }

    private static func guest(_ name: String, _ node: String) -> String {
        "\(name): {image: disk, vcpus: 1, memory: 256MiB, disk: 3GiB, node: \(node), networks: [back]}"
    }

    private static let two = guest("one", "kvm1") + ", " + guest("two", "kvm2")
    private static let three = two + ", " + guest("three", "kvm3")
    private static let nodes = ["kvm1", "kvm2", "kvm3"].map { name($0) }

    private func plan(_ text: String, _ fleet: FakeFleet) throws -> (plan: Plan, cluster: Cluster) {
        let cluster = try cluster(text)
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen)
        let found = PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: .apply(deleteData: false))
        #expect(found.map(\.description) == [])
        return (plan, cluster)
    }

    private func apply(_ text: String, _ fleet: FakeFleet) async throws {
        fleet.begin()
        _ = await Executor(drivers: fleet.drivers).run(try plan(text, fleet).plan) { _ in }
        #expect(fleet.unexpected.isEmpty)
    }

    private func peers(_ fleet: FakeFleet) -> [String: [String]] {
        var peers: [String: [String]] = [:]
        for (node, fake) in fleet.nodes {
            guard let overlay = fake.networks.values.compactMap({ $0.mark?.overlay }).first else { continue }
            peers[node.text] = overlay.peers.keys.map(\.text).sorted()
            let link = fake.networks.values.compactMap(\.link).first
            #expect(link?.peers == Set(overlay.peers.values), "\(node)")
            for (other, address) in overlay.peers { #expect(fleet.nodes[other]?.address == address) }
        }
        return peers
    }

    @Test("Every node that has a guest in it knows every other, and no more")
    func mesh() async throws {
        let fleet = FakeFleet(World.identity, Self.nodes.map { FakeNode($0) })
        try await apply(Self.spec(Self.two), fleet)
        #expect(peers(fleet) == ["kvm1": ["kvm2"], "kvm2": ["kvm1"]])
        #expect(try plan(Self.spec(Self.two), fleet).plan.isEmpty)
    }

    @Test("A network that somebody undefined while it runs gets its definition again")
    func undefined() async throws {
        let fleet = FakeFleet(World.identity, Self.nodes.map { FakeNode($0) })
        try await apply(Self.spec(Self.two), fleet)
        fleet.edit { nodes in
            for (uuid, network) in nodes[name("kvm1")]?.networks ?? [:] where network.mark != nil {
                nodes[name("kvm1")]?.networks[uuid]?.isPersistent = false
                nodes[name("kvm1")]?.networks[uuid]?.autostart = false
            }
        }
        let change = try plan(Self.spec(Self.two), fleet).plan.changes.first
        #expect(change?.fields.map(\.path) == ["definition"] && change?.fields.first?.origin == .drift)
        try await apply(Self.spec(Self.two), fleet)
        #expect(try plan(Self.spec(Self.two), fleet).plan.isEmpty)
    }

    @Test("A node that joins is known to all before a guest runs there; a plan where it is not is refused")
    func joins() async throws {
        let fleet = FakeFleet(World.identity, Self.nodes.map { FakeNode($0) })
        try await apply(Self.spec(Self.two), fleet)
        let (plan, cluster) = try plan(Self.spec(Self.three), fleet)
        try expectGolden(planText(plan), "overlay-joins.txt")
        var broken = plan
        for index in broken.steps.indices {
            broken.steps[index].requires.removeAll { $0.description.hasSuffix("/carry") }
        }
        let found = PlanChecker.violations(
            in: broken, of: cluster, fleet: fleet.observe(cluster), intent: .apply(deleteData: false))
        #expect(found.map(\.description).filter { $0.contains("knows its node") }.count == 2, "\(found)")
        try await apply(Self.spec(Self.three), fleet)
        #expect(
            peers(fleet) == ["kvm1": ["kvm2", "kvm3"], "kvm2": ["kvm1", "kvm3"], "kvm3": ["kvm1", "kvm2"]])
    }

    @Test(
        "A node that does not answer stays among them, and one that is lost goes",
        arguments: ["silent", "lost", "offline"])
    func leaves(_ state: String) async throws {
        let fleet = FakeFleet(World.identity, Self.nodes.map { FakeNode($0) })
        try await apply(Self.spec(Self.three), fleet)
        fleet.begin()
        fleet.edit { $0[name("kvm3")]?.isUnreachable = true }
        let text = Self.spec(Self.three, nodes: state == "silent" ? "" : ", state: \(state)")
            .replacing("node: kvm3, ", with: "")
        let plan = try plan(text, fleet).plan
        let told = plan.steps.filter { if case .network(.carry) = $0.operation { true } else { false } }
        #expect(told.map(\.node.text) == (state == "lost" ? ["kvm1", "kvm2"] : []))
    }

    @Test("A move to a node that has none of its guests yet waits until all know that node")
    func moves() async throws {
        let fleet = FakeFleet(World.identity, Self.nodes.map { FakeNode($0) })
        try await apply(Self.spec(Self.two), fleet)
        let moved = Self.spec(Self.guest("one", "kvm1") + ", " + Self.guest("two", "kvm3"))
        _ = try plan(moved, fleet)
        try await apply(moved, fleet)
        #expect(fleet.nodes[name("kvm3")]?.domains.count == 1)
        #expect(
            peers(fleet) == ["kvm1": ["kvm2", "kvm3"], "kvm2": ["kvm1", "kvm3"], "kvm3": ["kvm1", "kvm2"]])
        #expect(try plan(moved, fleet).plan.isEmpty)
    }

    @Test(
        "A network becomes an overlay and another kind again with its guests in it, and takes another size of packets")
    func changes() async throws {
        let fleet = FakeFleet(World.identity, Self.nodes.map { FakeNode($0) })
        let overlay = Self.spec(Self.two)
        let others = [
            "mode: isolated", "mode: nat", "mode: vxlan, vni: 43, mtu: 1300",
            "mode: vxlan, vni: 42, gateway: 10.42.0.1",
        ]
        for text in [overlay] + others.flatMap({ [overlay.replacing("mode: vxlan, vni: 42", with: $0), overlay] }) {
            try await apply(text, fleet)
            #expect(try plan(text, fleet).plan.isEmpty, "\(text)")
            let links = fleet.nodes.values.flatMap { $0.networks.values.compactMap(\.link) }
            #expect(links.count == (text.contains("vxlan") ? 2 : 0))
        }
    }

    @Test("Whoever brings a node tells the others of it, though the network is of another part")
    func ofAnotherPart() async throws {
        let fleet = FakeFleet(World.identity, Self.nodes.map { FakeNode($0) })
        try await apply(Self.spec(Self.two), fleet)
        var cluster = try cluster(Self.spec(Self.three))
        for network in cluster.networks.keys { cluster.networks[network]?.isManaged = false }
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen)
        #expect(
            PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: .apply(deleteData: false)).isEmpty)
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(
            peers(fleet) == ["kvm1": ["kvm2", "kvm3"], "kvm2": ["kvm1", "kvm3"], "kvm3": ["kvm1", "kvm2"]])
    }

    @Test("A node that is reached by another way keeps the address that the others know")
    func keepsAddress() async throws {
        let fleet = FakeFleet(World.identity, Self.nodes.map { FakeNode($0) })
        try await apply(Self.spec(Self.two), fleet)
        for address in [nil, IPv4Address("192.0.2.9")] {
            let cluster = try cluster(Self.spec(Self.two))
            var seen = fleet.observe(cluster)
            guard case .answered(var node)? = seen.nodes[name("kvm2")] else { return }
            node.address = address
            seen.nodes[name("kvm2")] = .answered(node)
            #expect(Planner.plan(cluster, inputs: inputs(cluster), fleet: seen).isEmpty)
        }
    }

    /// What keeps a node from carrying a network.
    static let obstacles: [(String, @Sendable (inout ObservedNode) -> Void)] = [
        ("nobody knows the address at which other nodes reach it", { $0.address = nil }),
        (
            "its interface vxlan9 has the vni 42",
            {
                $0.overlayLinks["vxlan9"] = OverlayLink(
                    number: 42, mtu: 1450, address: nil, peers: [], bridge: nil, isUp: true)
            }
        ),
        (
            "its interface eth0 sends packets of at most 1400 bytes",
            { node in
                guard let address = node.address, let cidr = CIDR(containing: address, prefix: 24) else { return }
                node.blocks = [AddressBlock(cidr, interface: "eth0")]
                node.blocks[0].mtu = 1400
            }
        ),
        (
            "is none that other nodes reach it by",
            { $0.addresses = [IPv4Address(value: 0xC0A8_0101)] }
        ),
        (
            "is none that other nodes reach it by",
            { $0.address = IPv4Address(value: 0x7F00_0001) }
        ),
        (
            "it has the overlay address of kvm2",
            { $0.address = FakeNode(name("kvm2")).address }
        ),
    ]

    @Test("What keeps a node from it is told, with a remedy", arguments: obstacles.indices)
    func obstructed(_ index: Int) throws {
        let (words, edit) = Self.obstacles[index]
        let fleet = FakeFleet(World.identity, Self.nodes.map { FakeNode($0) })
        let cluster = try cluster(Self.spec(Self.guest("one", "kvm1")))
        var seen = fleet.observe(cluster)
        guard case .answered(var node)? = seen.nodes[name("kvm1")] else { return }
        edit(&node)
        seen.nodes[name("kvm1")] = .answered(node)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen)
        let said = plan.refusals.map { "\($0.reason) \($0.remedy)" } + plan.changes.compactMap(\.blocked)
        #expect(said.contains { $0.contains(words) }, "\(said)")
    }
}
