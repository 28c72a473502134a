import Foundation
import Testing

extension EndToEnd {
    /// VLANs of Open vSwitch bridges: real guests on two nodes, whose bridges are carried by Open vSwitch itself.
    @Suite("Open vSwitch", .serialized) struct OpenSwitchLongTests {
        /// Starts it on a node, with a bridge whose uplink is a port of the node's own bridge.
        private static let start = """
            set -e
            mkdir -p /run/openvswitch /var/log/openvswitch
            ovsdb-tool create /run/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
            ovsdb-server /run/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock --pidfile --detach >/dev/null 2>&1
            ovs-vsctl --no-wait init
            ovs-vswitchd --pidfile --detach >/dev/null 2>&1
            ip link add ovsup type veth peer name ovsdown
            ip link set ovsdown master br0 up
            ip link set ovsup up
            ovs-vsctl add-br ovs0 -- set bridge ovs0 datapath_type=netdev
            ovs-vsctl add-port ovs0 ovsup
            """

        /// Ends it; the processes are the node's own, by the numbers that they wrote down.
        private static let stop = """
            ovs-vsctl --timeout=10 del-br ovs0
            kill "$(cat /run/openvswitch/ovs-vswitchd.pid)" "$(cat /run/openvswitch/ovsdb-server.pid)"
            ip link delete ovsup
            rm -rf /run/openvswitch
            true
            """

        private func spec(_ homes: [String: (node: String, network: String)]) -> String {
            let instances = homes.sorted { $0.key < $1.key }.map { name, home in
                "  \(name): {profiles: [base], node: \(home.node), networks: [\(home.network)], ready: {when: agent, timeout: 10m}}"
            }
            return """
                networks:
                  office: {mode: ovs, bridge: ovs0, vlan: 42, cidr: 10.42.0.0/24, addresses: {from: 10.42.0.10, to: 10.42.0.99}}
                  lab: {mode: ovs, bridge: ovs0, vlan: 43, cidr: 10.43.0.0/24, addresses: {from: 10.43.0.10, to: 10.43.0.99}}
                instances:
                \(instances.joined(separator: "\n"))
                """
        }

        @Test(
            "Guests of a VLAN hear each other across nodes and through a move, and those of another VLAN do not",
            .timeLimit(.minutes(40)))
        func story() async throws {
            let start = ContinuousClock.now
            try await Lab.with("ovs", traits: []) { lab in
                for node in ["kvm1", "kvm2"] { try await lab.onNode(node, Self.start).expecting() }
                do {
                    try await TestCluster.with(lab, "ovs") { try await story($0, lab) }
                } catch {
                    await Task { await stopAll(lab) }.value
                    throw error
                }
                for node in ["kvm1", "kvm2"] {
                    let left = try await lab.onNode(node, "ovs-vsctl list-ports ovs0").expecting()
                    #expect(left.stdout == "ovsup\n", "\(node)")
                }
                await stopAll(lab)
            }
            print("Open vSwitch: \(ContinuousClock.now - start)")
        }

        private func stopAll(_ lab: Lab) async {
            for node in ["kvm1", "kvm2"] { _ = try? await lab.onNode(node, Self.stop) }
        }

        private func story(_ cluster: TestCluster, _ lab: Lab) async throws {
            var homes = ["one": (node: "kvm1", network: "office"), "two": (node: "kvm2", network: "office")]
            try cluster.write(spec(homes))
            try await cluster.apply()
            try await cluster.expectConverged()
            #expect(try await tags(lab, "kvm1") == "42\n")
            let second = try #require(try await cluster.instances()["two"]?.addresses.first)
            // Not pings alone: without its checksums a connection would hang.
            try await connects(cluster, second)

            // It moves while it runs.
            let boot = try await inGuest(cluster, "two", "cat /proc/sys/kernel/random/boot_id")
            _ = try await inGuest(
                cluster, "one", "systemd-run -q --unit asks sh -c 'ping -D -i 0.2 -W 1 \(second) >/run/asks'")
            homes["two"]?.node = "kvm1"
            try cluster.write(spec(homes))
            try await cluster.apply()
            try await cluster.expectConverged()
            #expect(try await inGuest(cluster, "two", "cat /proc/sys/kernel/random/boot_id") == boot)
            let answers = try await inGuest(
                cluster, "one", "systemctl stop asks; sed -n 's/^\\[\\([0-9.]*\\)\\].* ttl=.*/\\1/p' /run/asks"
            )
            .split(separator: "\n").compactMap { Double($0) }
            let gap = zip(answers, answers.dropFirst()).map { $1 - $0 }.max() ?? .infinity
            print("Open vSwitch, a guest moves: \(answers.count) answers, longest gap \(gap) s")
            #expect(answers.count > 20 && gap < 10)
            try await connects(cluster, second)

            // Into another VLAN and back, while it runs.
            homes["one"]?.network = "lab"
            try cluster.write(spec(homes))
            let plan = try await cluster.plan("--detailed-exitcode", expecting: 2)
            #expect(plan.stdout.contains("office → lab") && plan.stdout.contains("live"), "\(plan)")
            try await cluster.apply()
            try await cluster.expectConverged()
            #expect(try await tags(lab, "kvm1") == "42\n43\n")
            let apart = try await inGuest(
                cluster, "one",
                "ip addr add 10.42.0.200/24 dev eth0; ping -c 3 -W 1 \(second) 2>&1; ip addr del 10.42.0.200/24 dev eth0"
            )
            #expect(apart.contains(" 0 received"), "\(apart)")
            homes["one"]?.network = "office"
            try cluster.write(spec(homes))
            try await cluster.apply()
            try await cluster.expectConverged()
            try await connects(cluster, second)

            // A switch that does not answer: nothing is placed there, and nothing else is touched.
            try await lab.onNode("kvm2", "kill \"$(cat /run/openvswitch/ovsdb-server.pid)\"").expecting()
            homes["three"] = (node: "kvm2", network: "office")
            try cluster.write(spec(homes))
            let refused = try await cluster.plan(expecting: 6)
            #expect(refused.stdout.contains("its Open vSwitch does not answer (network office)"), "\(refused)")
            try await lab.onNode(
                "kvm2",
                "ovsdb-server /run/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock --pidfile --detach >/dev/null 2>&1"
            ).expecting()
            homes["three"] = nil
            try cluster.write(spec(homes))
            try await cluster.expectConverged()
        }

        /// The tags of a node's guests.
        private func tags(_ lab: Lab, _ node: String) async throws -> String {
            try await lab.onNode(
                node,
                "for port in $(ovs-vsctl list-ports ovs0 | grep -v ovsup); do ovs-vsctl get port $port tag; done | sort"
            ).expecting().stdout
        }

        private func connects(
            _ cluster: TestCluster, _ address: String, source: SourceLocation = #_sourceLocation
        ) async throws {
            let said = try await inGuest(
                cluster, "one", "timeout 20 bash -c 'exec 3<>/dev/tcp/\(address)/22; head -n 1 <&3' 2>&1")
            #expect(said.contains("SSH-2.0"), "\(said)", sourceLocation: source)
        }

        private func inGuest(_ cluster: TestCluster, _ instance: String, _ script: String) async throws -> String {
            // Their nodes are in none of their VLANs.
            try await cluster.lab.throughAgent(instance, of: cluster.file, script)
        }
    }
}
