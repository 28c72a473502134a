import Reconciler
import Spec
import TestNames
import Testing

/// A network whose addresses the node itself uses would cut it off, or what it reaches.
@Suite struct AddressConflictTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var cidr: String
        var reason: String?
        var testDescription: String { cidr }
    }

    static let cases = [
        Case(cidr: "10.77.0.0/29", reason: "10.77.0.0/29 overlaps its own network 10.77.0.0/24 on br0"),
        Case(cidr: "10.77.0.0/24", reason: "10.77.0.0/24 overlaps its own network 10.77.0.0/24 on br0"),
        Case(cidr: "10.77.0.0/16", reason: "10.77.0.0/16 overlaps its own network 10.77.0.0/24 on br0"),
        Case(cidr: "10.77.1.0/24"),
        Case(cidr: "172.16.5.0/24", reason: "172.16.5.0/24 overlaps its route to 172.16.5.0/24 on wg0"),
        Case(cidr: "172.16.0.0/16", reason: "172.16.0.0/16 overlaps its route to 172.16.5.0/24 on wg0"),
        // Within a wide route there is room.
        Case(cidr: "10.80.5.0/24"),
        Case(
            cidr: "203.0.113.0/24",
            reason: "203.0.113.0/24 contains 203.0.113.9, the address from which this run reaches the node"),
        // The network's own bridge, which a run before left, is no obstacle.
        Case(cidr: "192.168.50.0/24"),
    ]

    static let cases6: [(cidr: String, reason: String?)] = [
        ("fd00:0:0:1::/64", "fd00:0:0:1::/64 overlaps its own network fd00:0:0:1::/64 on br0"),
        ("fd00:0:0:2::/64", nil),
        ("fd00:0:0:3::/64", nil),
        ("2001:db8:5:7::/64", "2001:db8:5:7::/64 overlaps its own network 2001:db8:5::/48 on wg0"),
        ("2001:db8:8:7::/64", nil),
        ("2001:db8:9::/64", "2001:db8:9::/64 overlaps its route to 2001:db8:9::/64 on wg0"),
        (
            "2001:db8:a::/64",
            "2001:db8:a::/64 contains 2001:db8:a::7, the address from which this run reaches the node"
        ),
        ("2001:db8:6::/64", "2001:db8:6::/64 overlaps its own network 2001:db8:6::9/128 on wg0"),
    ]

    @Test("A new network does not take an IPv6 range that the node uses", arguments: cases6)
    func ranges6(cidr: String, reason: String?) throws {
        var node = try Self.node()
        func block(_ text: String, _ prefix: Int, _ interface: String, gateway: Bool = false) throws -> AddressBlock6 {
            AddressBlock6(
                try #require(IPv6Address(text)), prefix: prefix, interface: interface, isBehindGateway: gateway)
        }
        let bridge = ObjectNames(ClusterIdentity(name: name("demo"))).bridge(name("front"))
        node.blocks6 = [
            try block("fd00:0:0:1::", 64, "br0"), try block("fd00:0:0:3::", 64, bridge),
            try block("2001:db8:5::", 48, "wg0"), try block("2001:db8:6::9", 128, "wg0"),
            try block("2001:db8:8::", 48, "wg0", gateway: true), try block("2001:db8:9::", 64, "wg0", gateway: true),
        ]
        node.client6 = IPv6Address("2001:db8:a::7")
        let spec = try Self.spec("10.99.0.0/24, cidr6: \"\(cidr)\"")
        let plan = Planner.plan(spec, inputs: inputs(spec), fleet: fleet(node))
        #expect(
            plan.refusals.map(\.reason)
                == (reason.map { ["it is pinned to kvm1, which cannot run it: \($0) (network front)"] } ?? []))
    }

    @Test("A node whose way out by IPv6 a router told gets no network with IPv6 until it keeps that way")
    func toldRoutes() throws {
        var node = try Self.node()
        node.toldRoutes6 = ["ppp0"]
        let spec = try Self.spec("10.99.0.0/24, cidr6: \"fd00:0:0:2::/64\"")
        let refusal = try #require(Planner.plan(spec, inputs: inputs(spec), fleet: fleet(node)).refusals.first)
        #expect(refusal.reason.contains("its way out by IPv6 on ppp0 is one that a router told"), "\(refusal)")
        #expect(refusal.remedy.contains("sysctl -w net.ipv6.conf.ppp0.accept_ra=2"), "\(refusal)")
        let plain = try Self.spec("10.99.0.0/24")
        #expect(Planner.plan(plain, inputs: inputs(plain), fleet: fleet(node)).refusals.isEmpty)
    }

    private static func spec(
        _ cidr: String, mode: String = "nat", pin: String = ", node: kvm1"
    ) throws -> Cluster {
        try cluster(
            """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: kvm-one}}
            images: {disk: {source: disk.qcow2}}
            networks: {front: {mode: \(mode), cidr: \(cidr)}}
            instances:
              web: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, networks: [front]\(pin)}
            """)
    }

    private static func block(_ text: String, _ interface: String, gateway: Bool = false) throws -> AddressBlock {
        let parts = text.split(separator: "/").map(String.init)
        let address = try #require(IPv4Address(parts[0]))
        let cidr = try #require(Int(parts[1]).flatMap { CIDR(containing: address, prefix: $0) })
        return AddressBlock(cidr, interface: interface, isBehindGateway: gateway)
    }

    private static func node() throws -> ObservedNode {
        var node = try emptyNode("kvm1")
        let bridge = ObjectNames(ClusterIdentity(name: name("demo"))).bridge(name("front"))
        node.blocks = [
            try block("10.77.0.11/24", "br0"), try block("10.0.0.0/8", "wg0", gateway: true),
            try block("172.16.5.0/24", "wg0", gateway: true), try block("192.168.50.1/24", bridge),
            try block("0.0.0.0/0", "ppp0"),
        ]
        node.client = IPv4Address("203.0.113.9")
        return node
    }

    @Test(
        "A new network is refused where the node is in it, reaches something in it, or is reached from it",
        arguments: cases)
    func new(_ example: Case) throws {
        let cluster = try Self.spec(example.cidr)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(try Self.node()))
        guard let reason = example.reason else {
            #expect(plan.refusals.isEmpty, "\(plan.refusals)")
            #expect(plan.steps.contains { $0.id.text == "kvm1/network/front/define" })
            return
        }
        #expect(plan.steps.isEmpty)
        let refusal = try #require(plan.refusals.first)
        #expect(refusal.reason == "it is pinned to kvm1, which cannot run it: \(reason) (network front)")
        #expect(refusal.remedy.hasPrefix("choose a cidr that kvm1 does not use"))
    }

    @Test("A network is not routed through an interface by which its node reaches nothing")
    func device() throws {
        for (device, reason) in [
            ("wg0", nil), ("ppp0", nil), ("eth9", "it has no address or route on eth9 (network front)"),
        ] {
            let cluster = try Self.spec("192.168.60.0/24", mode: "routed, device: \(device)")
            let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(try Self.node()))
            #expect(plan.refusals.first?.reason == reason.map { "it is pinned to kvm1, which cannot run it: \($0)" })
        }
    }

    @Test("An interface that lost its address holds back a change of the mode alone, and no network is made on it")
    func lostDevice() async throws {
        let routed = "routed, device: ppp0"
        let before = try Self.spec("192.168.60.0/24", mode: routed)
        let fleet = FakeFleet(ClusterIdentity(before), [FakeNode(name("kvm1"))])
        let plan = Planner.plan(before, inputs: inputs(before), fleet: fleet.observe(before))
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        func planned(_ mode: String, isDeleted: Bool = false) throws -> Plan {
            let wanted = try Self.spec("192.168.60.0/24", mode: mode)
            var seen = fleet.observe(wanted)
            guard case .answered(var node) = seen.nodes[name("kvm1")] else { throw CancellationError() }
            node.blocks = [try Self.block("10.77.0.11/24", "br0")]
            if isDeleted { node.networks = [] }
            seen.nodes[name("kvm1")] = .answered(node)
            return Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        }
        #expect(try planned(routed).isEmpty)
        let range = try planned(routed + ", dhcp: {from: 192.168.60.100, to: 192.168.60.200}")
        #expect(range.changes.map(\.blocked) == [nil] && range.steps.contains { $0.id.text.hasSuffix("front/change") })
        let other = try planned("routed, device: ppp1")
        #expect(other.changes.first?.blocked?.hasPrefix("it has no address or route on ppp1") == true)
        let again = try planned(routed, isDeleted: true)
        #expect(again.refusals.map(\.reason) == ["it has no address or route on ppp0 (network front)"])
    }

    @Test("An edit of a network is held back for the same reason")
    func edit() async throws {
        let before = try Self.spec("192.168.60.0/24")
        let fleet = FakeFleet(ClusterIdentity(before), [FakeNode(name("kvm1"))])
        // No instance has an address in it, so that the network alone decides.
        let plan = Planner.plan(before, inputs: inputs(before), fleet: fleet.observe(before))
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        let wanted = try Self.spec("10.77.0.0/28")
        var seen = fleet.observe(wanted)
        guard case .answered(var node) = seen.nodes[name("kvm1")] else { return }
        node.blocks = try Self.node().blocks
        node.domains = []
        seen.nodes[name("kvm1")] = .answered(node)
        let second = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        let change = try #require(second.changes.first { $0.object.kind == .network })
        #expect(change.blocked?.contains("overlaps its own network 10.77.0.0/24 on br0") == true)
    }

    @Test("Nobody is told to remove another cluster's network, as the spec's name may be the mistake")
    func otherCluster() throws {
        let cluster = try Self.spec("10.9.0.0/24")
        let remedies = [
            "mine": "check the name at `cluster:` in the spec, or choose another cidr",
            "demo":
                "choose another cidr, or take the new network out of the spec until an apply has removed the old one",
            nil: "choose another cidr, or remove that network from the node",
        ]
        for (owner, remedy) in remedies {
            var node = try emptyNode("kvm1")
            let uuid = UniqueID(derivedFrom: "theirs")
            let mark = owner.map { owner in
                NetworkMark(
                    cluster: ClusterIdentity(name: name(owner)), part: name("main"), network: name("inner"), uuid: uuid,
                    applied: [:])
            }
            node.networks = [
                ObservedNetwork(
                    uuid: uuid, name: "theirs", isActive: true, autostart: true, mark: mark,
                    cidr: try Self.block("10.9.0.0/16", "").cidr, bridge: nil, reservations: [], fingerprint: "")
            ]
            let refusal = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(node)).refusals.first
            #expect(refusal?.remedy == remedy)
            #expect(refusal?.reason.contains("which belongs to the cluster mine") == (owner == "mine"))
            #expect(refusal?.reason.contains("this cluster's network inner still uses") == (owner == "demo"))
        }
    }

    @Test("A refusal names its own cause and what to do about it")
    func causes() throws {
        let spec = """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: kvm-one}}
            images: {disk: {source: disk.qcow2}}
            networks: {old: {existing: default}, lan: {mode: bridge, bridge: br9, cidr: 10.9.0.0/24, dhcp: external}}
            instances:
              one: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, networks: [old]}
              two: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, networks: [lan]}
              big: {image: disk, vcpus: 1, memory: 900GiB, disk: 3GiB}
            """
        let cluster = try cluster(spec)
        var node = try emptyNode("kvm1")
        node.networks = [
            ObservedNetwork(
                uuid: UniqueID(derivedFrom: "default"), name: "default", isActive: false, autostart: false, mark: nil,
                cidr: nil, bridge: nil, reservations: [], fingerprint: "")
        ]
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(node))
        let remedies = Dictionary(uniqueKeysWithValues: plan.refusals.map { ($0.object.name, $0.remedy) })
        #expect(remedies["one"] == "start it on kvm1: virsh net-start default; virsh net-autostart default")
        #expect(remedies["two"] == "create the bridge br9 on kvm1, or give the NIC another network")
        #expect(remedies["big"] == "free capacity, add a node, or request less")
    }
}
