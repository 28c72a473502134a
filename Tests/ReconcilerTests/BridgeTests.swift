import Reconciler
import Spec
import TestNames
import Testing

/// Networks on bridges that nodes have, and VLANs of them.
@Suite("Bridges and VLANs") struct BridgeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var network: String
        var node: @Sendable (inout ObservedNode) -> Void = { _ in }
        var reason: String?
        var remedy = ""
        var testDescription: String { "\(network): \(reason ?? "well")" }
    }

    static let cases = [
        Case(network: "mode: bridge, bridge: br0"),
        Case(
            network: "mode: bridge, bridge: br7", reason: "it has no bridge br7 (network lan)",
            remedy: "create the bridge br7 on kvm1"),
        Case(
            network: "mode: bridge, bridge: ovs1", node: { $0.switches = nil },
            reason: "it has no bridge ovs1 of the kernel's, and its Open vSwitch does not answer (network lan)",
            remedy: "write mode: ovs"),
        Case(
            network: "mode: bridge, bridge: ovs0", reason: "its bridge ovs0 is one of Open vSwitch (network lan)",
            remedy: "write mode: ovs for the network"),
        Case(
            network: "mode: bridge, bridge: br0, vlan: 42",
            reason: "its bridge br0 does not keep VLANs apart (network lan)",
            remedy: "on kvm1: ip link set br0 type bridge vlan_filtering 1"),
        Case(
            network: "mode: bridge, bridge: br0, vlan: 42", node: { $0.filteringBridges = ["br0"] },
            reason: "its libvirt puts guests into no VLAN of a kernel's bridge (network lan): it is older than 11.0.0",
            remedy: "or use an Open vSwitch bridge (mode: ovs)"),
        Case(
            network: "mode: bridge, bridge: br0, vlan: 42",
            node: {
                $0.filteringBridges = ["br0"]
                $0.tagsBridges = true
            }),
        Case(network: "mode: ovs, bridge: ovs0, vlan: 42"),
        Case(
            network: "mode: ovs, bridge: br0", reason: "it has no Open vSwitch bridge br0 (network lan)",
            remedy: "create it on kvm1 with ovs-vsctl add-br br0"),
        Case(
            network: "mode: ovs, bridge: ovs0", node: { $0.switches = nil },
            reason: "its Open vSwitch does not answer (network lan)", remedy: "systemctl start openvswitch-switch"),
    ]

    private static func spec(_ network: String) throws -> Cluster {
        try cluster(
            """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: 10.77.0.11}}
            images: {disk: {source: disk.qcow2}}
            networks: {lan: {\(network), cidr: 10.42.0.0/24, addresses: {from: 10.42.0.10, to: 10.42.0.99}}}
            instances: {web: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: kvm1, networks: [lan]}}
            """)
    }

    @Test(
        "A node without the bridge, or without its VLANs, gets no guest, and its person hears what to do",
        arguments: cases)
    func obstacles(example: Case) throws {
        let cluster = try Self.spec(example.network)
        var node = try emptyNode("kvm1")
        example.node(&node)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(node))
        guard let reason = example.reason else {
            #expect(plan.refusals.isEmpty && !plan.steps.isEmpty)
            return
        }
        #expect(plan.steps.isEmpty)
        let refusal = try #require(plan.refusals.first)
        #expect(refusal.reason.contains(reason), "\(refusal)")
        #expect(refusal.remedy.contains(example.remedy), "\(refusal)")
    }

    @Test("The guest computes its checksums where Open vSwitch carries its frames by itself, and nowhere else")
    func plainFrames() throws {
        for (network, path, isPlain) in [
            ("mode: ovs, bridge: ovs0, vlan: 42", SwitchPath.userspace, true),
            ("mode: ovs, bridge: ovs0", .kernel, false),
            ("mode: bridge, bridge: br0", .userspace, false),
        ] {
            let cluster = try Self.spec(network)
            var node = try emptyNode("kvm1")
            node.switches = ["ovs0": path]
            let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(node))
            let defined = plan.steps.compactMap { step -> DomainDefinition? in
                if case .domain(.define(let definition)) = step.operation { definition } else { nil }
            }
            #expect(defined.flatMap(\.nics).map(\.sendsPlainFrames) == [isPlain], "\(network)")
        }
    }

    @Test("A guest gets another card at its next boot where its switch came to carry frames by itself")
    func changedPath() async throws {
        let cluster = try Self.spec("mode: ovs, bridge: ovs0, vlan: 42")
        let fleet = await FakeFleet.having(cluster)
        fleet.edit { $0[name("kvm1")]?.switches = ["ovs0": .userspace] }
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster))
        let fields = plan.changes.flatMap(\.fields)
        #expect(fields.map(\.path) == ["nics.eth0.offloads"] && fields.map(\.effect) == [.nextBoot], "\(plan)")
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
        let again = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster))
        #expect(again.steps.isEmpty, "\(again.steps)")
    }

    @Test("A guest does not move to a switch for which it had the wrong card")
    func moves() async throws {
        func spec(on node: String) throws -> Cluster {
            try cluster(
                """
                apiVersion: kvmctl/v1
                cluster: demo
                nodes: {kvm1: {address: 10.77.0.11}, kvm2: {address: 10.77.0.12}}
                images: {disk: {source: disk.qcow2}}
                networks: {lan: {mode: ovs, bridge: ovs0, cidr: 10.42.0.0/24, addresses: {from: 10.42.0.10, to: 10.42.0.99}}}
                instances: {web: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: \(node), networks: [lan]}}
                """)
        }
        let fleet = await FakeFleet.having(try spec(on: "kvm1"), on: [name("kvm1"), name("kvm2")])
        fleet.edit { $0[name("kvm2")]?.switches = ["ovs0": .userspace] }
        let moved = try spec(on: "kvm2")
        let plan = Planner.plan(moved, inputs: inputs(moved), fleet: fleet.observe(moved))
        #expect(plan.refusals.contains { $0.reason.contains("datapath_type=netdev") }, "\(plan.refusals)")
    }

    @Test("A pulled cable is seen at either end, and plugged in again")
    func links() async throws {
        let spec = try Self.spec("mode: bridge, bridge: br0")
        let first = await FakeFleet.having(spec)
        let node = name("kvm1")
        let edits: [(String, (inout FakeNode, UniqueID) -> Void)] = [
            ("down -> up", { $0.domains[$1]?.nics[0].isCut = true }),
            ("down -> up", { $0.domains[$1]?.running?.nics[0].isCut = true }),
            ("detached -> br0", { $0.unplugged.insert("tap \($0.domains[$1]?.nics[0].mac.description ?? "-")") }),
        ]
        for (index, (words, edit)) in edits.enumerated() {
            let fleet = first.copy
            fleet.edit { nodes in
                guard let id = nodes[node]?.domains.keys.first, var changed = nodes[node] else { return }
                edit(&changed, id)
                nodes[node] = changed
            }
            let seen = fleet.observe(spec)
            let plan = Planner.plan(spec, inputs: inputs(spec), fleet: seen)
            let fields = plan.changes.flatMap(\.fields)
            #expect(fields.map(\.path) == ["nics.eth0.link"], "\(index)")
            #expect(fields.map { "\($0.old ?? "") -> \($0.new ?? "")" } == [words], "\(index)")
            #expect(fields.map(\.origin) == [.drift] && fields.map(\.effect) == [.live], "\(index)")
            _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
            let again = Planner.plan(spec, inputs: inputs(spec), fleet: fleet.observe(spec))
            #expect(again.steps.isEmpty && again.changes.isEmpty, "\(index): \(again.steps)")
        }
    }

    @Test("A running guest's NIC is unplugged and plugged in for another VLAN, and moved between plain bridges")
    func changes() async throws {
        for (old, new, kinds) in [
            ("mode: ovs, bridge: ovs0, vlan: 42", "mode: ovs, bridge: ovs0, vlan: 43", ["unplug", "plug"]),
            ("mode: ovs, bridge: ovs0", "mode: bridge, bridge: br0", ["unplug", "plug"]),
            ("mode: bridge, bridge: br0", "mode: bridge, bridge: br1", ["move"]),
        ] {
            let fleet = await FakeFleet.having(try Self.spec(old))
            fleet.edit { $0[name("kvm1")]?.bridges.insert("br1") }
            let changed = try Self.spec(new)
            let plan = Planner.plan(changed, inputs: inputs(changed), fleet: fleet.observe(changed))
            let found = plan.steps.compactMap { step -> String? in
                guard case .update(let update) = step.operation else { return nil }
                switch update.action {
                case .unplugNIC: return "unplug"
                case .plugNIC: return "plug"
                case .moveNIC: return "move"
                default: return nil
                }
            }
            #expect(found == kinds, "\(old) to \(new)")
            _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
            let again = Planner.plan(changed, inputs: inputs(changed), fleet: fleet.observe(changed))
            #expect(again.steps.isEmpty && again.refusals.isEmpty, "\(again.steps)")
        }
    }
}
