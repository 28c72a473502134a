import Reconciler
import Spec
import TestNames
import TestTools
import Testing

private let node1 = name("kvm1")
private let node2 = name("kvm2")

/// Migrations after a check of their paths: what was found decides how an instance migrates, or that it cannot.
@Suite("Migration paths") struct MigrationPathTests {
    /// What was found, and the golden file of the plan that answers it.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var route: ObservedRoute
        var spec: @Sendable (String) -> String = { $0 }
        var edit: @Sendable (inout ObservedDomain) -> Void = { _ in }
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "route-by-address", route: ObservedRoute(reach: .byAddress("10.77.0.12"))),
        Case(
            name: "route-closed",
            route: ObservedRoute(reach: .closed("kvm2.example.org port 49152: No route to host"))),
        Case(
            name: "route-encrypted", route: ObservedRoute(),
            spec: { $0.replacing("cluster: demo", with: "cluster: demo\nmigration: {encrypted: true}") }),
        Case(
            name: "route-cpu-with-baseline",
            route: ObservedRoute(missingCPU: .init(model: "EPYC-Rome", baseline: "Opteron_G3"))),
        Case(
            name: "route-cpu-without-baseline",
            route: ObservedRoute(missingCPU: .init(model: "EPYC-Rome", baseline: nil))),
        Case(
            name: "route-cpu-while-off",
            route: ObservedRoute(missingCPU: .init(model: "EPYC-Rome", baseline: nil)),
            spec: { $0.replacing("disk: 3GiB, networks: [front]", with: "disk: 3GiB, power: off, networks: [front]") }),
        Case(
            name: "route-host-device", route: ObservedRoute(),
            edit: { $0.ties = ["the host device pci 0000:01:00.0"] }),
        Case(
            name: "route-shared", route: ObservedRoute(),
            spec: { $0.replacing("cluster: demo", with: "cluster: demo\n" + shared) }),
        Case(
            name: "route-shared-and-is-not",
            route: ObservedRoute(unshared: ["/var/lib/libvirt/images/demo.db.root.qcow2"]),
            spec: { $0.replacing("cluster: demo", with: "cluster: demo\n" + shared) }),
    ]

    private static let shared = "pools: {local: {path: /var/lib/libvirt/images, shared: true}}"

    @Test("What is found on the path decides how an instance migrates, or that it cannot", arguments: cases)
    func found(_ example: Case) async throws {
        let applied = try cluster(PlanGoldenTests.spec)
        let fleet = await FakeFleet.having(applied, on: [node1, node2], inputs: inputs(applied))
        var moved: UniqueID?
        fleet.edit { nodes in
            for (uuid, var domain) in nodes[node1]?.domains ?? [:] where domain.mark?.instance == name("db") {
                example.edit(&domain)
                nodes[node1]?.domains[uuid] = domain
                moved = uuid
            }
        }
        let pinned = PlanGoldenTests.spec.replacing("networks: [front]", with: "networks: [front], node: kvm2")
        let wanted = try cluster(example.spec(pinned))
        var seen = fleet.observe(wanted)
        let path = MigrationPath(uuid: try #require(moved), from: node1, to: node2)
        if example.name != "route-host-device" {
            let first = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
            #expect(first.beginningMoves.map(\.path) == [path], "the first plan asks for the look")
        }
        seen.routes[path] = example.route
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        try expectGolden(planText(plan), "\(example.name).txt")
        let violations = PlanChecker.violations(in: plan, of: wanted, fleet: seen, intent: .apply(deleteData: false))
        #expect(violations.map(\.description) == [])
        for refusal in plan.refusals { #expect(refusal.position != nil && !refusal.remedy.isEmpty) }
    }

    @Test("Nothing moves to a node that cannot have guests")
    func unfit() async throws {
        let applied = try cluster(PlanGoldenTests.spec)
        let fleet = await FakeFleet.having(applied, on: [node1, node2], inputs: inputs(applied))
        let wanted = try cluster(
            PlanGoldenTests.spec.replacing("networks: [front]", with: "networks: [front], node: kvm2"))
        var seen = fleet.observe(wanted)
        guard case .answered(var node)? = seen.nodes[node2] else { throw Absent() }
        node.folderProblems["/var/lib/libvirt/images"] = FolderProblem(
            "it is read-only", remedy: "mount it for writing")
        seen.nodes[node2] = .answered(node)
        let closed = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        #expect(closed.beginningMoves.isEmpty)
        #expect(
            closed.refusals.contains {
                $0.reason.contains("pool local: it is read-only") && $0.remedy.hasPrefix("mount it for writing")
            },
            "\(closed.refusals)")
        node.architecture = "aarch64"
        seen.nodes[node2] = .answered(node)
        let foreign = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        #expect(foreign.refusals.contains { $0.reason.contains("its processors are aarch64") }, "\(foreign.refusals)")
    }

    private struct Absent: Error {}

    private func inputs(_ cluster: Cluster) -> Inputs {
        Inputs(
            images: Dictionary(
                uniqueKeysWithValues: cluster.images.keys.map { image in
                    let file = "kvmctl-\(StableHash.digest(image.text)).qcow2"
                    return (
                        image,
                        .init(
                            fileName: file, virtualSize: .gibibytes(2), byteCount: 200 << 20,
                            checksum: Checksum(algorithm: .sha256, digest: StableHash.digest(image.text)))
                    )
                }))
    }
}
