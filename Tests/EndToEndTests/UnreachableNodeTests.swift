import Foundation
import Testing

extension EndToEnd {
    /// Nodes that go silent in the middle of an apply, stay away, and come back.
    @Suite("An unreachable node", .serialized) struct UnreachableNodeTests {
        /// Four addresses in all, so that one given twice would show at once.
        private static let networks = """
            networks:
              lan: {mode: bridge, bridge: br0, cidr: SUBNET.0/24, gateway: SUBNET.1, addresses: {from: SUBNET.150, to: SUBNET.153}, dhcp: none}
            """

        private func spec(_ lab: Lab, _ instances: String...) -> String {
            Self.networks.replacing("SUBNET", with: lab.subnet) + "\ninstances:\n"
                + instances.map { "  " + $0 }.joined(separator: "\n")
        }

        private static let near = "near: {profiles: [blank], networks: [lan], node: kvm1}"
        private static let pinned = "pinned: {profiles: [blank], networks: [lan], node: kvm2}"
        /// Not pinned, and yet on the second node: the first is full of what is pinned to it.
        private static let free = "free: {profiles: [blank], networks: [lan], placement: {where: {side: b}}}"
        /// Never ready: the run is waiting for it when its node goes.
        private static let deaf =
            "deaf: {profiles: [blank], networks: [lan], node: kvm2, ready: {when: address, timeout: 10m}}"

        /// Runs a test that breaks the lab, and mends it afterwards in any case.
        private func breaking(_ lab: Lab, _ body: () async throws -> Void) async throws {
            do {
                try await body()
            } catch {
                await Task { _ = try? await lab.kvmctl("lab", "up") }.value
                throw error
            }
            try await lab.kvmctl("lab", "up").expecting()
        }

        @Test(
            "A node cut off in mid-apply ends the run within 60 s; what it may hold is not made elsewhere until it is lost"
        )
        func cut() async throws {
            let lab = try await Lab.up()
            let labels = ["kvm1": "labels: {side: a}", "kvm2": "labels: {side: b}"]
            let all = spec(lab, Self.near, Self.pinned, Self.free, Self.deaf)
            try await TestCluster.with(lab, "silent", all, nodeText: labels) { cluster in
                try await breaking(lab) {
                    let run = try cluster.startApply()
                    #expect(try await run.reached("started", "kvm2/instance/deaf/ready"))
                    try await lab.kvmctl("lab", "kill", "kvm2", "--cut").expecting()
                    let cut = ContinuousClock.now
                    let output = try await run.output(timeout: .seconds(120))
                    #expect(cut.duration(to: .now) < .seconds(60), "\(output)")
                    #expect(output.status == 7, "\(output)")
                    #expect(try await lab.objects("silent.near", on: "kvm1").contains("silent.near"))

                    // Neither what is pinned there nor what is not: not even when the other node would do.
                    let open = ["kvm1": "labels: {side: b}", "kvm2": "labels: {side: b}"]
                    try cluster.write(
                        all.replacing(
                            "pinned: {profiles: [blank], networks: [lan], node: kvm2}",
                            with: "pinned: {profiles: [blank], networks: [lan]}"), nodeText: open)
                    let plan = try await cluster.planned(expecting: 7)
                    #expect(plan.names("create") == [], "\(plan)")
                    #expect(
                        plan.unreachableNodes.first?.cause == "timeout"
                            || plan.unreachableNodes.first?.cause == "noRoute", "\(plan)")
                    #expect(plan.unreachableNodes.first?.mayHold == ["deaf", "free", "pinned"], "\(plan)")
                    try await cluster.apply(expecting: 7)
                    #expect(try await lab.objects("silent.", on: "kvm1").filter { !$0.hasPrefix("silent.near") } == [])

                    try await addressesStayGiven(lab, cluster, open)
                    try await offlineIsNoAlarm(lab, cluster, all, open)
                    try await lostIsMadeElsewhere(lab, cluster)
                    try await comesBackInConflict(lab, cluster)
                }
                // What is there twice has no owner any more: one of them is taken away by hand, as the message says.
                try await lab.onNode(
                    "kvm2",
                    """
                    for d in deaf free pinned; do virsh -q destroy silent.$d; virsh -q undefine silent.$d; done
                    rm -f /var/lib/libvirt/images/silent.*; virsh -q pool-refresh default; true
                    """
                ).expecting()
                try await cluster.apply()
                try await cluster.expectConverged()
            }
        }

        /// While the node is silent, its addresses are taken: all four, also the one of an instance that left the spec.
        private func addressesStayGiven(_ lab: Lab, _ cluster: TestCluster, _ labels: [String: String]) async throws {
            let more = "more: {profiles: [blank], networks: [lan], node: kvm1, power: off}"
            try cluster.write(spec(lab, Self.near, Self.pinned, Self.deaf, more), nodeText: labels)
            let plan = try await cluster.planned(expecting: 6)
            #expect(plan.refusals.contains { $0.object.name == "more" && $0.reason.contains("address") }, "\(plan)")
        }

        private func offlineIsNoAlarm(
            _ lab: Lab, _ cluster: TestCluster, _ all: String, _ labels: [String: String]
        ) async throws {
            try cluster.write(all, nodeText: labels.merging(["kvm2": "labels: {side: b}, state: offline"]) { $1 })
            try await cluster.apply()
            let plan = try await cluster.planned("--detailed-exitcode", expecting: 0)
            #expect(plan.names("create") == [], "what is there stays there: \(plan)")
        }

        private func lostIsMadeElsewhere(_ lab: Lab, _ cluster: TestCluster) async throws {
            // Its pins are edited with it: a person decided where they go now.
            let moved = spec(
                lab, Self.near, "pinned: {profiles: [blank], networks: [lan], node: kvm1}", Self.free,
                "deaf: {profiles: [blank], networks: [lan], node: kvm1}")
            let before = try await cluster.instances()
            try cluster.write(
                moved, nodeText: ["kvm1": "labels: {side: b}", "kvm2": "labels: {side: b}, state: lost"])
            let plan = try await cluster.planned()
            #expect(plan.names("create") == ["deaf on kvm1", "free on kvm1", "pinned on kvm1"], "\(plan)")
            #expect(plan.notices.contains { $0.contains("lost") && $0.contains("free") }, "\(plan)")
            try await cluster.apply()
            try await cluster.expectConverged()
            let after = try await cluster.instances()
            #expect(Set(after.values.flatMap(\.addresses)).count == 4)
            #expect(after["near"]?.addresses == before["near"]?.addresses)
        }

        private func comesBackInConflict(_ lab: Lab, _ cluster: TestCluster) async throws {
            let before = try await lab.objects("silent.", on: "kvm1")
            try await lab.kvmctl("lab", "start", "kvm2").expecting()
            let there = try await lab.objects("silent.", on: "kvm2")
            try cluster.write(
                spec(
                    lab, Self.near, "pinned: {profiles: [blank], networks: [lan], node: kvm1}", Self.free,
                    "deaf: {profiles: [blank], networks: [lan], node: kvm1}"),
                nodeText: ["kvm1": "labels: {side: b}", "kvm2": "labels: {side: b}"])
            let plan = try await cluster.planned(expecting: 6)
            for name in ["deaf", "free", "pinned"] {
                let refusal = plan.refusals.first { $0.object.name == name }
                #expect(refusal?.reason.contains("kvm1") == true && refusal?.reason.contains("kvm2") == true, "\(plan)")
            }
            try await cluster.apply("--max-deletes", "10", expecting: 6)
            #expect(try await lab.objects("silent.", on: "kvm1") == before, "nothing was destroyed")
            #expect(try await lab.objects("silent.", on: "kvm2") == there, "nothing was destroyed")
        }

        @Test(
            "A node killed while it is given an image ends the run with 7; the rest is done, and it converges when it is back"
        )
        func crashed() async throws {
            let lab = try await Lab.up()
            let all = spec(
                lab, Self.near, Self.pinned, "far: {profiles: [base], networks: [lan], node: kvm2, power: off}")
            // Waits for what never comes, so that the run cannot end before its node does.
            let waiting = all.replacing(
                Self.pinned,
                with: Self.pinned.replacing("node: kvm2", with: "node: kvm2, ready: {when: address, timeout: 10m}"))
            try await TestCluster.with(lab, "crash", waiting) { cluster in
                try await breaking(lab) {
                    let run = try cluster.startApply()
                    #expect(try await run.reached("ended", "kvm1/roster/open"))
                    #expect(try await run.reached("started", "/fetch"))
                    try await lab.kvmctl("lab", "kill", "kvm2").expecting()
                    let killed = ContinuousClock.now
                    let output = try await run.output(timeout: .seconds(120))
                    #expect(killed.duration(to: .now) < .seconds(60), "\(output)")
                    #expect(output.status == 7, "\(output)")
                    #expect(try await lab.objects("crash.near", on: "kvm1").contains("crash.near"))

                    // Whether or not its domains were made before the end, the roster says whose they are.
                    try cluster.write(all.replacing(", node: kvm2", with: ""))
                    let plan = try await cluster.planned(expecting: 7)
                    #expect(plan.names("create") == [], "\(plan)")
                    #expect(plan.unreachableNodes.first?.mayHold == ["far", "pinned"], "\(plan)")
                    try await cluster.apply(expecting: 7)
                    #expect(try await lab.objects("crash.", on: "kvm1").filter { !$0.hasPrefix("crash.near") } == [])

                    // A node cannot be forgotten while it may hold something.
                    try cluster.write(all.replacing("node: kvm2", with: "node: kvm1"), nodes: ["kvm1"])
                    let forgotten = try await cluster.planned(expecting: 6)
                    #expect(forgotten.refusals.contains { $0.reason.contains("kvm2") }, "\(forgotten)")
                    try await cluster.apply(expecting: 6)
                    #expect(try await lab.objects("crash.", on: "kvm1").filter { !$0.hasPrefix("crash.near") } == [])

                    try await lab.kvmctl("lab", "start", "kvm2").expecting()
                    try cluster.write(all)
                    try await cluster.apply()
                    try await cluster.expectConverged()
                    #expect(
                        try await cluster.instances().mapValues(\.node) == [
                            "near": "kvm1", "pinned": "kvm2", "far": "kvm2",
                        ])
                }
            }
        }
    }
}
