import Foundation
import Testing

extension EndToEnd {
    /// A network that nodes carry between them: real guests, on three nodes.
    @Suite("Overlays", .serialized) struct OverlayLongTests {
        private static let gateway = "10.242.0.1"

        private func write(_ cluster: TestCluster, _ nodes: [String], _ homes: [String: String], mtu: Int = 1450) throws
        {
            let instances = homes.sorted { $0.key < $1.key }.map { name, node in
                """
                  \(name):
                    profiles: [base]
                    node: \(node)
                    networks: [back]
                    ready: {when: agent, timeout: 10m}
                """
            }
            try cluster.write(
                """
                networks:
                  back: {mode: vxlan, vni: 4242, cidr: 10.242.0.0/24, gateway: \(Self.gateway), mtu: \(mtu)}
                instances:
                \(instances.joined(separator: "\n"))
                """, nodes: nodes)
        }

        @Test(
            "Guests on different nodes are in one network: through a move, a third node, a node's restart and edits by hand",
            .timeLimit(.minutes(60)))
        func story() async throws {
            let start = ContinuousClock.now
            try await Lab.with("overlay", traits: []) { lab in
                try await TestCluster.with(lab, "overlay") { cluster in
                    try await story(cluster, lab)
                }
                for node in ["kvm1", "kvm2", "kvm3"] { try await leavesNoTrace(lab, node) }
            }
            print("overlays: \(ContinuousClock.now - start)")
        }

        private func story(_ cluster: TestCluster, _ lab: Lab) async throws {
            let two = ["kvm1", "kvm2"]
            try write(cluster, two, ["one": "kvm1", "two": "kvm2"])
            try await cluster.apply()
            try await cluster.expectConverged()
            let second = try #require(try await cluster.instances()["two"]?.addresses.first)
            try await pings(cluster, "one", second)
            // As large as it may be, in one piece, and not a byte more.
            try await pings(cluster, "one", second, "-M do -s 1422")
            let large = try await inGuest(
                cluster, "one", "ping -c 1 -W 2 -M do -s 1423 \(second) 2>&1; cat /sys/class/net/eth0/mtu")
            #expect(large.hasSuffix("1450\n") && large.contains("message too long"), "\(large)")
            // Out through its own node, whose address all nodes have.
            try await pings(cluster, "two", "\(lab.subnet).1")
            try await pings(cluster, "one", Self.gateway)

            // A third node joins, and a guest moves there while it runs.
            try await lab.kvmctl("lab", "up", "--nodes", "3", timeout: .seconds(300)).expecting()
            let three = two + ["kvm3"]
            try write(cluster, three, ["one": "kvm1", "two": "kvm3"])
            let boot = try await inGuest(cluster, "two", "cat /proc/sys/kernel/random/boot_id")
            _ = try await inGuest(
                cluster, "one", "systemd-run -q --unit asks sh -c 'ping -D -i 0.2 -W 1 \(second) >/run/asks'")
            let moved = try await cluster.apply()
            #expect(moved.stdout.contains("overlay"), "\(moved)")
            try await cluster.expectConverged()
            #expect(try await inGuest(cluster, "two", "cat /proc/sys/kernel/random/boot_id") == boot)
            let answers = try await inGuest(
                cluster, "one", "systemctl stop asks; sed -n 's/^\\[\\([0-9.]*\\)\\].* ttl=.*/\\1/p' /run/asks"
            )
            .split(separator: "\n").compactMap { Double($0) }
            let gap = zip(answers, answers.dropFirst()).map { $1 - $0 }.max() ?? .infinity
            print("overlays, a guest moves to a third node: \(answers.count) answers, longest gap \(gap) s")
            #expect(answers.count > 20 && gap < 10)

            try await restarted(cluster, lab, second)
            try await mended(cluster, lab, second)
        }

        /// A node that starts again connects its network by itself, and its guest is there before kvmctl is.
        private func restarted(_ cluster: TestCluster, _ lab: Lab, _ other: String) async throws {
            try await lab.kvmctl("lab", "kill", "kvm1").expecting()
            try await lab.kvmctl("lab", "start", "kvm1", timeout: .seconds(300)).expecting()
            let told = try await lab.onNode(
                "kvm1", "bridge fdb show | grep -c '^00:00:00:00:00:00 .* dst'; nft list tables | grep -c kx")
            #expect(told.stdout == "2\n1\n", "\(told)")
            try await cluster.apply()
            try await cluster.expectConverged()
            try await pings(cluster, "one", other)
        }

        /// What somebody does to it by hand is told, and put right by the next apply.
        private func mended(_ cluster: TestCluster, _ lab: Lab, _ other: String) async throws {
            let device = try await lab.onNode("kvm1", "basename /sys/class/net/kx*").expecting().stdout
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let peer = "\(lab.subnet).13"
            let edits = [
                "bridge fdb del 00:00:00:00:00:00 dev \(device) dst \(peer)", "ip link set \(device) down",
                "ip link delete \(device)", "nft flush table bridge \(device)",
                "rm /etc/libvirt/hooks/network.d/kvmctl",
                "ip link set \(device) mtu 1300",
            ]
            for edit in edits {
                try await lab.onNode("kvm1", edit).expecting()
                let plan = try await cluster.plan("--detailed-exitcode", expecting: 2)
                #expect(plan.stdout.contains("overlay"), "\(edit): \(plan)")
                try await cluster.apply()
                try await cluster.expectConverged()
            }
            try await pings(cluster, "one", other)
        }

        private func leavesNoTrace(_ lab: Lab, _ node: String) async throws {
            let left = try await lab.onNode(
                node,
                "ls -d /sys/class/net/k[xv]* /etc/libvirt/hooks/network.d/kvmctl /run/kvmctl 2>/dev/null; nft list tables | grep kx; true"
            )
            #expect(left.stdout.isEmpty, "\(node): \(left)")
        }

        private func inGuest(_ cluster: TestCluster, _ instance: String, _ script: String) async throws -> String {
            try await cluster.lab.inGuest(instance, of: cluster.file, script).stdout
        }

        private func pings(
            _ cluster: TestCluster, _ instance: String, _ address: String, _ options: String = "",
            source: SourceLocation = #_sourceLocation
        ) async throws {
            let said = try await inGuest(cluster, instance, "ping -c 5 -i 0.3 -W 3 \(options) \(address) 2>&1")
            #expect(said.contains("5 received"), "\(instance) to \(address): \(said)", sourceLocation: source)
        }
    }
}
