import Foundation
import Testing

extension EndToEnd {
    /// A network that three nodes carry, while kvmctl or a node dies in the middle of a change of it.
    @Suite("Faults in a mesh", .serialized) struct MeshLongTests {
        private static let two = ["kvm1", "kvm2"]
        private static let three = ["kvm1", "kvm2", "kvm3"]

        /// With two nodes, `far` is on the second; with three it moves to the third, another guest comes to it, and whom
        /// the first one's firewall lets in changes with them.
        private func write(_ cluster: TestCluster, _ nodes: [String]) throws {
            let last = nodes.count == 2 ? "kvm2" : "kvm3"
            let more = nodes.count == 2 ? "" : "  late: {profiles: [blank], networks: [back], node: kvm3}"
            try cluster.write(
                """
                networks:
                  back: {mode: vxlan, vni: 4243, cidr: 10.243.0.0/24, gateway: 10.243.0.1}
                instances:
                  held:
                    profiles: [blank]
                    networks: [back]
                    node: kvm1
                    firewall: {ingress: [{from: {members: far}, ports: [8080]}]}
                  far: {profiles: [blank], networks: [back], node: \(last)}
                \(more)
                """, nodes: nodes)
        }

        @Test(
            "Whoever dies while a mesh grows, kvmctl or a node, the next apply connects all of it",
            .timeLimit(.minutes(60)))
        func faults() async throws {
            try await Lab.with("mesh", traits: []) { lab in
                try await lab.kvmctl("lab", "up", "--nodes", "3", timeout: .seconds(300)).expecting()
                try await TestCluster.with(lab, "mesh") { cluster in
                    try await killed(cluster)
                    try await restarted(cluster)
                }
                for node in Self.three { try await leavesNoTrace(lab, node) }
            }
        }

        /// kvmctl is killed at places that are spread evenly over the run.
        private func killed(_ cluster: TestCluster) async throws {
            try write(cluster, Self.two)
            try await cluster.apply()
            try write(cluster, Self.three)
            let whole = try RunEvent.all(in: try await cluster.apply("-o", "json").stdout).filter(\.isBoundary)
            try await isConnected(cluster)
            #expect(whole.contains { Self.isOf("/network/", $0) }, "\(whole)")
            let moments = 12
            for moment in 0..<moments {
                try await startsAgain(cluster)
                let count = moment * whole.count / moments + 1
                let run = try cluster.startApply()
                _ = try await run.events { $0.count(where: \.isBoundary) >= count }
                run.signal(SIGKILL)
                let hit = try RunEvent.all(in: try await run.output().stdout)
                print("mesh, killed after event \(count) of \(whole.count): \(hit.last?.description ?? "before any")")
                try await cluster.apply("--lock-timeout", "60s")
                try await isConnected(cluster)
            }
        }

        /// Each node in turn loses its power in mid-change; the run says so and ends, and nobody else loses anything.
        private func restarted(_ cluster: TestCluster) async throws {
            for (node, step) in [
                ("kvm3", "/network/"), ("kvm2", "/network/"), ("kvm1", "/network/"), ("kvm2", "/move-migrate"),
            ] {
                try await startsAgain(cluster)
                let run = try cluster.startApply()
                let hit = try await run.events { $0.contains { $0.event == "started" && Self.isOf(step, $0) } }
                #expect(hit.contains { Self.isOf(step, $0) }, "never came to \(step)")
                try await cluster.lab.kvmctl("lab", "kill", node).expecting()
                let output = try await run.output()
                print("mesh, \(node) died at \(hit.last?.description ?? "-"): exit code \(output.status)")
                #expect(output.status != 0 && output.status != 137, "\(output)")
                try await cluster.lab.kvmctl("lab", "start", node, timeout: .seconds(300)).expecting()
                try await cluster.apply("--lock-timeout", "60s")
                try await isConnected(cluster)
            }
        }

        private static func isOf(_ step: String, _ event: RunEvent) -> Bool { event.step?.contains(step) == true }

        /// The cluster as it is on two nodes, with nothing of it on the third.
        private func startsAgain(_ cluster: TestCluster) async throws {
            try await cluster.lab.onNode("kvm3", Self.endsGuests).expecting()
            try await cluster.destroy()
            for node in Self.three {
                #expect(try await cluster.lab.traces(of: cluster.name, on: node) == [], "\(node)")
                try await leavesNoTrace(cluster.lab, node)
            }
            try write(cluster, Self.two)
            try await cluster.apply()
            try await cluster.expectConverged()
            try write(cluster, Self.three)
        }

        private static let endsGuests =
            "for d in $(virsh -q list --name | grep '^mesh[.]'); do virsh -q destroy $d; done; true"

        /// Nothing is left to do; each node sends to both others and to nobody else, its bridge is up with every guest of
        /// its on it, and the first one filters.
        private func isConnected(_ cluster: TestCluster, source: SourceLocation = #_sourceLocation) async throws {
            try await cluster.expectConverged(source: source)
            let places = try await cluster.instances().mapValues(\.place)
            #expect(places == ["held": "kvm1", "far": "kvm3", "late": "kvm3"], sourceLocation: source)
            for (node, guests) in [("kvm1", 1), ("kvm2", 0), ("kvm3", 2)] {
                let told = try await cluster.lab.onNode(
                    node,
                    """
                    bridge fdb show | sed -n 's/^00:00:00:00:00:00 .* dst \\([0-9.]*\\).*/\\1/p' | sort
                    ls /sys/class/net/kx*/master/brif | grep -vc '^kx'
                    cat /sys/class/net/kx*/master/operstate
                    nft list tables | grep -c kvmctl
                    """)
                let peers = Self.three.filter { $0 != node }.map { cluster.lab.address(of: $0) }.sorted()
                let lines = told.stdout.split(separator: "\n").map(String.init)
                #expect(Array(lines.prefix(2)) == peers, "\(node): \(told)", sourceLocation: source)
                let filters = node == "kvm1" ? 1 : 0
                #expect(
                    Array(lines.dropFirst(2)) == ["\(guests)", "up", "\(filters)"], "\(node): \(told)",
                    sourceLocation: source)
            }
        }

        private func leavesNoTrace(_ lab: Lab, _ node: String) async throws {
            let left = try await lab.onNode(
                node,
                """
                ls -d /sys/class/net/k[xv]* /etc/libvirt/hooks/network.d/kvmctl /etc/libvirt/hooks/qemu.d/kvmctl \
                    /run/kvmctl 2>/dev/null
                nft list tables | grep -E 'kx|kvmctl'; true
                """)
            #expect(left.stdout.isEmpty, "\(node): \(left)")
        }
    }
}
