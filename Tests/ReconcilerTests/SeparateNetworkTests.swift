import Reconciler
import Spec
import TestNames
import Testing

/// Bridges that are apart may have the same addresses, and an address in one says nothing of the other.
@Suite struct SeparateNetworkTests {
    private static func spec(_ second: String) throws -> Cluster {
        try cluster(
            """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: 10.0.0.1}}
            images: {disk: {source: disk.qcow2}}
            networks:
              a: {mode: bridge, bridge: br0, cidr: 10.9.0.0/24, dhcp: none}
              b: {mode: bridge, bridge: br1, cidr: 10.9.0.0/24, dhcp: none}
            instances:
              one: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, nics: {eth0: {network: a, address: 10.9.0.5}}}
              two: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, nics: {eth0: {network: \(second), address: 10.9.0.5}}}
            """)
    }

    private static func plan(_ cluster: Cluster, _ fleet: FakeFleet) -> Plan {
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen)
        #expect(
            PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: .apply(deleteData: false))
                .map(\.description) == [])
        return plan
    }

    @Test(
        "The same address on two bridges is nobody's mistake, and within one it is; a foreign network's DHCP is in nobody's way"
    )
    func apart() async throws {
        var node = FakeNode(name("kvm1"))
        node.bridges = ["br0", "br1"]
        let uuid = UniqueID(derivedFrom: "foreign")
        var foreign = ObservedNetwork(
            uuid: uuid, name: "lab", isActive: true, autostart: true, mark: nil, cidr: nil, bridge: "virbr9",
            reservations: [], fingerprint: "")
        let address = try #require(IPv4Address("10.9.0.5"))
        foreign.reservations = [Reservation(mac: MACAddress(value: 0x5254_0000_0009), address: address, name: "x")]
        node.networks[uuid] = foreign
        let cluster = try Self.spec("b")
        let fleet = FakeFleet(ClusterIdentity(cluster), [node])
        let plan = Self.plan(cluster, fleet)
        #expect(plan.refusals.isEmpty, "\(plan.refusals)")
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(Self.plan(cluster, fleet).isEmpty)
        var same = cluster
        same.instances[name("two")]?.nics[0].network = name("a")
        let refused = Self.plan(same, fleet)
        #expect(refused.refusals.map(\.reason) == ["its address 10.9.0.5 is already used by domain demo.one on kvm1"])
    }
}
