import Reconciler
import Spec
import TestNames
import Testing

/// Which address a NIC gets, worked by hand.
@Suite struct AddressTests {
    static func spec(instances: [String], range: String = "{from: 10.0.0.10, to: 10.0.0.13}") -> String {
        """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {a: {address: 192.168.9.1}}
        images: {disk: {source: disk.qcow2}}
        networks: {lan: {mode: bridge, bridge: br0, cidr: 10.0.0.0/24, gateway: 10.0.0.1, addresses: \(range), dhcp: none}}
        instances:
        \(instances.map { "  \($0): {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, networks: [lan]}" }.joined(separator: "\n"))
        """
    }

    static func addresses(_ plan: Plan) -> [String: String] {
        var found: [String: String] = [:]
        for step in plan.steps {
            guard case .domain(.define(let domain)) = step.operation else { continue }
            found[domain.mark.instance.text] = domain.mark.nics.values.first?.address?.description
        }
        return found
    }

    /// Node `a` answers; node `b` does not, and holds 10.0.0.10.
    static func fleetWithUnreachableHolder() throws -> ObservedFleet {
        let entry = Roster.Entry(
            node: name("b"), part: name("main"), uuid: UniqueID(derivedFrom: "x"), macs: [],
            addresses: [IPv4Address(value: 0x0A00_000A)], volumes: [:])
        var node = try emptyNode("a")
        node.roster = Roster(
            cluster: ClusterIdentity(name: name("demo")), generation: 4,
            nodes: [name("a"): .init(machine: "machine-a"), name("b"): .init(machine: "machine-b")],
            instances: [name("gone"): entry], keptDisks: [])
        let unreachable = Unreachable(cause: .timeout, summary: "no answer", remedy: "look")
        return ObservedFleet(nodes: [name("a"): .answered(node), name("b"): .unknown(unreachable)])
    }

    @Test("An address that a silent node holds leaves three for four instances: one is refused with the remedy")
    func rangeIsUsedUp() throws {
        let cluster = try cluster(
            Self.spec(instances: ["one", "two", "three", "four"]).replacingNodes(
                with: "{a: {address: 192.168.9.1}, b: {address: 192.168.9.2}}"))
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: try Self.fleetWithUnreachableHolder())
        let given = Self.addresses(plan)
        #expect(Set(given.values) == ["10.0.0.11", "10.0.0.12", "10.0.0.13"])
        #expect(given.count == 3)
        #expect(plan.refusals.map(\.reason) == ["network lan has no free address for eth0"])
        #expect(plan.refusals.map(\.remedy) == ["widen `addresses` of lan, or remove instances"])
    }

    @Test("The choice starts at the hash of cluster, network, instance and NIC, and depends on nobody else")
    func startOfTheChoice() throws {
        let wide = "{from: 10.0.0.10, to: 10.0.0.209}"
        let alone = try cluster(Self.spec(instances: ["two"], range: wide))
        let several = try cluster(Self.spec(instances: ["one", "two", "three"], range: wide))
        let start = StableHash.number("address", "demo", "lan", "two", "eth0") % 200
        let expected = IPv4Address(value: 0x0A00_000A + UInt32(start)).description
        for cluster in [alone, several] {
            let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(try emptyNode("a")))
            #expect(Self.addresses(plan)["two"] == expected)
        }
    }

    @Test("What a silent node's instances have is not given again")
    func unreachableNodesKeepTheirAddresses() throws {
        let cluster = try cluster(
            Self.spec(instances: ["two"], range: "{from: 10.0.0.10, to: 10.0.0.11}").replacingNodes(
                with: "{a: {address: 192.168.9.1}, b: {address: 192.168.9.2}}"))
        let fleet = try Self.fleetWithUnreachableHolder()
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet)
        #expect(Self.addresses(plan) == ["two": "10.0.0.11"])
    }
}

extension String {
    fileprivate func replacingNodes(with nodes: String) -> String {
        split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("nodes:") ? "nodes: \(nodes)" : String($0) }.joined(separator: "\n")
    }
}
