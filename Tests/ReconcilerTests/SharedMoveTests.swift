import Reconciler
import Spec
import TestNames
import Testing

@Suite("Disks on shared storage in a migration") struct SharedMoveTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}, kvm2: {address: 10.77.0.12}}
        images: {debian-12: {source: /images/debian-12.qcow2}}
        flavors: {small: {vcpus: 1, memory: 512MiB, disk: 3GiB}}
        pools: {nfs: {path: /nfs, shared: true}}
        networks:
          front: {mode: nat, cidr: 192.168.222.0/24, addresses: {from: 192.168.222.10, to: 192.168.222.99}}
        instances:
          db: {image: debian-12, flavor: small, networks: [front], node: kvm1, disks: {data: {size: 1GiB, pool: nfs}}}
        """

    @Test(
        "they stay when the migration is undone or finished after the spec stopped calling their pool shared",
        arguments: [true, false])
    func stay(isComplete: Bool) async throws {
        let fleet = try #require(try await broken(isComplete ? .killedMidway : .killed))
        let edited = try cluster(Self.spec.replacing(", shared: true", with: ""))
        let next = Planner.plan(edited, inputs: inputs(edited), fleet: fleet.observe(edited))
        let ends = next.steps.compactMap { step -> InstanceMove? in
            guard case .move(let part) = step.operation, part.stage == .discard || part.stage == .leave else {
                return nil
            }
            return part.move
        }
        #expect(ends.count == 1, "\(planText(next))")
        #expect(ends.allSatisfy { !$0.sourcePaths.isEmpty && !$0.sourcePaths.contains { $0.hasPrefix("/nfs/") } })
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(next) { _ in }
        #expect(fleet.nodes[name("kvm1")]?.files["/nfs/demo.db.data.qcow2"] != nil)
        #expect(fleet.nodes.values.allSatisfy { $0.unexpected == [] })
    }

    @Test("they stay when the migration goes on to the same node after the spec stopped calling their pool shared")
    func goOn() async throws {
        let fleet = try #require(try await broken(.killed))
        let edited = try cluster(
            Self.spec.replacing(", shared: true", with: "").replacing("node: kvm1", with: "node: kvm2"))
        let next = Planner.plan(edited, inputs: inputs(edited), fleet: fleet.observe(edited))
        #expect(next.refusals.isEmpty, "\(planText(next))")
        await run(edited, on: fleet)
        #expect(fleet.nodes[name("kvm2")]?.domains.values.map(\.power) == [.running])
        #expect(fleet.nodes[name("kvm2")]?.files["/nfs/demo.db.data.qcow2"] != nil)
        #expect(fleet.nodes.values.allSatisfy { $0.unexpected == [] })
    }

    /// A fleet in which a run was killed at the migration itself, from kvm1 to kvm2.
    private func broken(_ kind: Fault.Kind) async throws -> FakeFleet? {
        let applied = try cluster(Self.spec)
        let moved = try cluster(Self.spec.replacing("node: kvm1", with: "node: kvm2"))
        for step in 0..<30 {
            let fleet = FakeFleet(ClusterIdentity(applied), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
            fleet.edit { for node in [name("kvm1"), name("kvm2")] { $0[node]?.sharedFolders = ["/nfs"] } }
            await run(applied, on: fleet)
            fleet.begin(Fault(kind: kind, step: step))
            await run(moved, on: fleet)
            let struck = fleet.struck?.id.text
            fleet.begin()
            if struck?.hasSuffix("/move-migrate") == true { return fleet }
        }
        return nil
    }

    private func run(_ cluster: Cluster, on fleet: FakeFleet) async {
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster))
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
    }
}
