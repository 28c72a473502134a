import Reconciler
import Spec
import TestNames

/// A spec of plain nodes and the instances of one block, `{name: {…}}`, whose image is called `disk`.
func cluster(
    of instances: String, on nodes: [String] = ["kvm1"], image: String = "{source: disk.qcow2}"
) throws -> Cluster {
    let nodes = nodes.enumerated().map { "\($1): {address: 10.0.0.\($0 + 1)}" }.joined(separator: ", ")
    return try cluster(
        """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {\(nodes)}
        images: {disk: \(image)}
        instances: \(instances)
        """)
}

/// The same with a network, `lan`, in which kvmctl gives the addresses.
func cluster(networked instances: String, on nodes: [String] = ["kvm1"]) throws -> Cluster {
    let nodes = nodes.enumerated().map { "\($1): {address: 10.0.0.\($0 + 1)}" }.joined(separator: ", ")
    return try cluster(
        """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {\(nodes)}
        images: {disk: {source: disk.qcow2}}
        networks:
          lan: {mode: bridge, bridge: br0, cidr: 10.0.0.0/24, addresses: {from: 10.0.0.100, to: 10.0.0.200}, dhcp: none}
        instances: \(instances)
        """)
}

extension FakeFleet {
    /// A fleet on which a spec was carried out, one step at a time.
    static func having(
        _ cluster: Cluster, on nodes: [Name] = [name("kvm1")], inputs chosen: Inputs? = nil
    ) async -> FakeFleet {
        let fleet = FakeFleet(ClusterIdentity(cluster), nodes.map { FakeNode($0) })
        let plan = Planner.plan(cluster, inputs: chosen ?? inputs(cluster), fleet: fleet.observe(cluster))
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
        return fleet
    }
}
