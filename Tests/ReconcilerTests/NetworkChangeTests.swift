import Foundation
import Reconciler
import Roles
import Spec
import TestNames
import TestTools
import Testing

private let node1 = name("kvm1")

/// What becomes of networks that are there when the spec or somebody else changes them, as whole plans.
@Suite("Changing a network")
struct NetworkChangeTests {
    static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}}
        images: {debian: {source: debian.qcow2}}
        networks:
          front:
            mode: nat
            cidr: 192.168.222.0/24
            gateway: 192.168.222.1
            addresses: {from: 192.168.222.10, to: 192.168.222.99}
            dhcp: {from: 192.168.222.100, to: 192.168.222.200}
            dns: [192.168.222.1]
          lan: {mode: bridge, bridge: br0, cidr: 10.77.0.0/24, gateway: 10.77.0.1, addresses: {from: 10.77.0.150, to: 10.77.0.180}}
          old: {existing: default}
          far: {mode: vxlan, vni: 42, cidr: 10.42.0.0/24}
        instances:
          db: {image: debian, vcpus: 1, memory: 256MiB, disk: 3GiB, networks: [front]}
          web: {image: debian, vcpus: 1, memory: 256MiB, disk: 3GiB, networks: [front, lan]}
          deep: {image: debian, vcpus: 1, memory: 256MiB, disk: 3GiB, networks: [far]}
        """

    /// One edit of the spec or of the node, and the golden file of the plan that answers it.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// The field of a network that is edited in the spec.
        var field: String?
        var spec: @Sendable (String) -> String = { $0 }
        var edit: @Sendable (inout FakeNode) -> Void = { _ in }
        /// Whether the plan that follows it is empty.
        var converges = true
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "network-mode", field: "mode", spec: { $0.replacing("mode: nat", with: "mode: isolated") }),
        Case(
            name: "network-dual", field: "cidr6",
            spec: {
                $0.replacing("    dhcp: {from", with: "    cidr6: \"fd00:0:0:1::/64\"\n    dhcp: {from")
            }),
        // Where the spec never said anything of IPv6, somebody's own stays.
        Case(
            name: "network-dual-by-hand",
            edit: { node in
                for uuid in Array(node.networks.keys) where node.networks[uuid]?.mark?.network == name("front") {
                    let gateway = IPv6Address("fd00:0:0:1::1")
                    var shape = node.networks[uuid]?.definition
                    shape?.gateway6 = gateway
                    shape?.cidr6 = gateway.map { CIDR6(containing: $0) }
                    node.networks[uuid]?.definition = shape
                    node.networks[uuid]?.live = shape
                }
            }),
        Case(
            name: "network-dual-overlay",
            spec: { $0.replacing("10.42.0.0/24}", with: "10.42.0.0/24, cidr6: \"fd00:0:0:2::/64\"}") }),
        Case(
            name: "network-dual-refused", field: "gateway6",
            spec: {
                $0.replacing(
                    "    dhcp: {from",
                    with: "    cidr6: \"fd00:0:0:1::/64\"\n    gateway6: \"fd00:0:0:1::5d\"\n    dhcp: {from")
            }, converges: false),
        Case(name: "network-routed", spec: { $0.replacing("mode: nat", with: "mode: routed") }),
        Case(
            name: "network-device", field: "device",
            spec: { $0.replacing("mode: nat", with: "mode: routed\n    device: br0") }),
        Case(
            name: "network-cidr-wider", field: "cidr",
            spec: { $0.replacing("192.168.222.0/24", with: "192.168.222.0/23") }),
        Case(
            name: "network-cidr-refused", field: "cidr",
            spec: {
                $0.replacing("192.168.222.", with: "192.168.66.")
                    .replacing(
                        "  web:",
                        with: "  new: {image: debian, vcpus: 1, memory: 256MiB, disk: 3GiB, networks: [front]}\n  web:")
            }, converges: false),
        Case(
            name: "network-gateway", field: "gateway",
            spec: { $0.replacing("gateway: 192.168.222.1\n", with: "gateway: 192.168.222.254\n") }),
        Case(
            name: "network-addresses", field: "addresses",
            spec: { $0.replacing("to: 192.168.222.99", with: "to: 192.168.222.90") }),
        Case(
            name: "network-dhcp-range", field: "dhcp",
            spec: { $0.replacing("to: 192.168.222.200", with: "to: 192.168.222.220") }),
        Case(
            name: "network-dhcp-removed", field: "dhcp",
            spec: { $0.replacing("    dhcp: {from: 192.168.222.100, to: 192.168.222.200}\n", with: "") }),
        Case(
            name: "network-dhcp-none", field: "dhcp",
            spec: { $0.replacing("dhcp: {from: 192.168.222.100, to: 192.168.222.200}", with: "dhcp: none") }),
        Case(
            name: "network-dns", field: "dns",
            spec: { $0.replacing("dns: [192.168.222.1]", with: "dns: [9.9.9.9]") }),
        Case(
            name: "network-search", field: "search",
            spec: { $0.replacing("dns: [192.168.222.1]", with: "dns: [192.168.222.1]\n    search: [lab.example]") }),
        Case(
            name: "network-bridge", field: "bridge", spec: { $0.replacing("bridge: br0", with: "bridge: br1") },
            converges: false),
        Case(
            name: "network-vlan", field: "vlan",
            spec: { $0.replacing("mode: bridge, bridge: br0", with: "mode: ovs, bridge: ovs0, vlan: 42") }),
        Case(
            name: "network-existing", field: "existing",
            spec: { $0.replacing("existing: default", with: "existing: other") }),
        Case(name: "network-vni", field: "vni", spec: { $0.replacing("vni: 42", with: "vni: 43") }),
        Case(
            name: "network-nat", field: "nat",
            spec: { $0.replacing("vni: 42, ", with: "vni: 42, gateway: 10.42.0.1, nat: false, ") }),
        Case(name: "network-mtu", field: "mtu", spec: { $0.replacing("vni: 42, ", with: "vni: 42, mtu: 1400, ") }),
        Case(
            name: "network-overlay-cut",
            edit: { node in
                node.hook = .other
                for uuid in node.networks.keys { node.networks[uuid]?.link?.isUp = false }
            }),
        Case(name: "network-drift-defined", edit: { change(&$0) { $0.definition?.bridge = "virbr7" } }),
        Case(name: "network-drift-live", edit: { change(&$0) { $0.live?.gateway = IPv4Address("192.168.222.9") } }),
        Case(
            name: "network-drift-range",
            edit: {
                change(&$0) { network in
                    network.live?.ranges = []
                    network.definition?.ranges = []
                }
            }),
        Case(
            name: "network-drift-and-edit",
            spec: { $0.replacing("to: 192.168.222.200", with: "to: 192.168.222.220") },
            edit: { change(&$0) { $0.live?.mode = "route" } }),
        Case(
            name: "network-guests-unplugged",
            edit: { node in
                for tap in node.domains.values.flatMap(FakeNode.taps) { node.unplugged.insert(tap.device) }
            }),
        Case(
            name: "network-cidr-taken",
            spec: { $0.replacing("192.168.222.0/24", with: "192.168.222.0/23") },
            edit: { node in
                let uuid = UniqueID(derivedFrom: "stranger")
                node.networks[uuid] = ObservedNetwork(
                    uuid: uuid, name: "stranger", isActive: true, autostart: true, mark: nil,
                    cidr: CIDR(network: IPv4Address(value: 0xC0A8_DF00), prefix: 24), bridge: "virbr9",
                    reservations: [],
                    fingerprint: "")
            }, converges: false),
        Case(
            name: "network-stopped-and-edited",
            spec: { $0.replacing("mode: nat", with: "mode: isolated") },
            edit: { change(&$0) { $0.isActive = false } }),
    ]

    @Test("is answered with the least that does the job, and then with nothing", arguments: cases)
    func changed(_ example: Case) async throws {
        let (fleet, _) = try await applied()
        fleet.edit { nodes in
            guard var node = nodes[node1] else { return }
            example.edit(&node)
            nodes[node1] = node
        }
        let wanted = try cluster(example.spec(Self.spec))
        let plan = try plan(wanted, on: fleet)
        try expectGolden(planText(plan), "\(example.name).txt")
        guard example.converges else { return }
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(fleet.unexpected.isEmpty)
        #expect(try self.plan(wanted, on: fleet).isEmpty)
    }

    @Test("A restart that is killed anywhere is finished by the next runs, with every guest plugged in")
    func killedRestart() async throws {
        let wanted = try cluster(Self.spec.replacing("mode: nat", with: "mode: isolated"))
        for kind in [Fault.Kind.killed, .killedAfterEffect, .killedMidway] {
            let (fleet, _) = try await applied()
            fleet.begin(Fault(kind: kind, step: 0))
            _ = await Executor(drivers: fleet.drivers).run(try plan(wanted, on: fleet)) { _ in }
            for _ in 0..<3 {
                fleet.begin()
                _ = await Executor(drivers: fleet.drivers).run(try plan(wanted, on: fleet)) { _ in }
            }
            #expect(try plan(wanted, on: fleet).isEmpty)
            #expect(fleet.nodes[node1]?.unplugged == [])
            #expect(fleet.unexpected.isEmpty)
        }
    }

    @Test("Every field of a network that the schema knows has a golden plan")
    func everyField() throws {
        let root = try #require(
            try JSONSerialization.jsonObject(with: Data(jsonSchema(Roles.languages).utf8)) as? [String: Any])
        let definitions = try #require(root["$defs"] as? [String: Any])
        let network = try #require((definitions["network"] as? [String: Any])?["properties"] as? [String: Any])
        #expect(Set(Self.cases.compactMap(\.field)) == Set(network.keys))
    }

    /// A fleet of one node on which the spec was applied.
    private func applied() async throws -> (FakeFleet, Cluster) {
        let cluster = try cluster(Self.spec)
        var node = FakeNode(node1)
        node.bridges.insert("br1")
        let fleet = FakeFleet(ClusterIdentity(cluster), [node])
        let first = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster))
        _ = await Executor(drivers: fleet.drivers).run(first) { _ in }
        fleet.begin()
        return (fleet, cluster)
    }

    /// The plan for the fleet as it is, to which the checker must have no objection.
    private func plan(_ cluster: Cluster, on fleet: FakeFleet) throws -> Plan {
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster))
        #expect(
            PlanChecker.violations(
                in: plan, of: cluster, fleet: fleet.observe(cluster), intent: .apply(deleteData: false)
            ).isEmpty)
        return plan
    }
}

/// Changes the network front behind kvmctl's back.
private func change(_ node: inout FakeNode, _ body: (inout ObservedNetwork) -> Void) {
    for uuid in node.networks.keys {
        guard var network = node.networks[uuid], network.mark?.network == name("front") else { continue }
        body(&network)
        node.networks[uuid] = network
    }
}
