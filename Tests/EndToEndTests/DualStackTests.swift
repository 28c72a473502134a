import Foundation
import Testing

extension EndToEnd {
    /// Networks with IPv6 on real nodes.
    @Suite("IPv6", .serialized) struct DualStackTests {
        @Test("A network gets IPv6 and loses it again, and what somebody takes away comes back")
        func network() async throws {
            let lab = try await Lab.up()
            func spec(_ more: String) -> String {
                """
                networks: {front: {mode: nat, cidr: 192.168.223.0/24\(more)}}
                instances: {one: {profiles: [blank], networks: [front], node: kvm1}}
                """
            }
            let range = ", cidr6: \"fd00:0:0:223::/64\""
            try await TestCluster.with(lab, "dual", spec("")) { cluster in
                func own() async throws -> String {
                    try await lab.onNode("kvm1", "ip -6 -o address show scope global; ip6tables -t nat -S; true")
                        .expecting().stdout
                }
                try await cluster.apply()
                #expect(!(try await own()).contains("fd00:0:0:223:"))
                try cluster.write(spec(range))
                let kernel = try await lab.onNode(
                    "kvm1", "test -e /proc/net/if_inet6 && ip6tables -t nat -S >/dev/null")
                guard kernel.status == 0 else {
                    // Where the kernel cannot, the network is what it was.
                    try await cluster.apply(expecting: 1)
                    try cluster.write(spec(""))
                    try await cluster.apply()
                    return try await cluster.expectConverged()
                }
                let plan = try await cluster.plan().stdout
                #expect(plan.contains("(none) → fd00:0:0:223::/64") && plan.contains("restart"), "\(plan)")
                try await cluster.apply()
                try await cluster.expectConverged()
                let there = try await own()
                #expect(there.contains("fd00:0:0:223::1/64") && there.contains("MASQUERADE"), "\(there)")

                try await lab.onNode(
                    "kvm1",
                    """
                    set -e
                    virsh net-dumpxml --inactive dual.front | sed '/family=.ipv6/,/<.ip>/d' >/tmp/dual.xml
                    virsh -q net-define /tmp/dual.xml
                    rm /tmp/dual.xml
                    """
                ).expecting()
                let drift = try await cluster.plan().stdout
                #expect(drift.contains("drift") && drift.contains("fd00:0:0:223::/64"), "\(drift)")
                try await cluster.apply()
                try await cluster.expectConverged()
                #expect((try await own()).contains("fd00:0:0:223::1/64"))

                // A range that the node has already is refused before anything of it is there.
                try cluster.write(
                    spec(range).replacing(
                        "networks: {",
                        with:
                            "networks: {back: {mode: isolated, cidr: 192.168.224.0/24, cidr6: \"fd00:0:0:224::/64\"}, "
                    ).replacing("networks: [front]", with: "networks: [front, back]"))
                try await lab.onNode("kvm1", "ip address add fd00:0:0:224::9/64 dev br0").expecting()
                let taken = try await cluster.plan(expecting: 6)
                try await lab.onNode("kvm1", "ip address del fd00:0:0:224::9/64 dev br0").expecting()
                #expect(taken.text.contains("overlaps its own network fd00:0:0:224::/64 on br0"), "\(taken)")

                try cluster.write(spec(""))
                try await cluster.apply()
                try await cluster.expectConverged()
                #expect(!(try await own()).contains("fd00:0:0:223:"))
            }
        }
    }

    /// The same as guests see it.
    @Suite("IPv6 in guests", .serialized) struct DualStackLongTests {
        /// A script that waits for the greeting of an ssh server.
        private func greeting(_ address: String) -> String {
            let ask = "exec 3<>/dev/tcp/\(address)/22 && head -c 3 <&3 | grep SSH"
            return "timeout 300 bash -c 'until (\(ask)) 2>/dev/null; do sleep 2; done'"
        }

        @Test("Guests reach their node and each other by IPv6, within a node and between nodes, and have one way out")
        func guests() async throws {
            let lab = try await Lab.up()
            let spec = """
                networks:
                  front: {mode: nat, cidr: 192.168.223.0/24, cidr6: "fd00:0:0:223::/64"}
                  back: {mode: nat, cidr: 192.168.225.0/24, cidr6: "fd00:0:0:225::/64"}
                  far: {mode: vxlan, vni: 226, cidr: 192.168.226.0/24, cidr6: "fd00:0:0:226::/64"}
                instances:
                  one: {profiles: [base], networks: [front, back, far], node: kvm1, ready: {when: address, timeout: 10m}}
                  two: {profiles: [base], networks: [far], node: kvm2, ready: {when: address, timeout: 10m}}
                """
            try await TestCluster.with(lab, "dual", spec) { cluster in
                try await cluster.apply()
                try await cluster.expectConverged()
                let addresses = try await cluster.instances().mapValues(\.addresses)
                let front = try #require(addresses["one"]?.first { $0.hasPrefix("192.168.223.") })
                let far = try #require(addresses["two"]?.first { $0.hasPrefix("192.168.226.") })
                func beside(_ address: String, _ range: String) throws -> String {
                    let number = try #require(address.split(separator: ".").last.flatMap { Int($0) })
                    return "\(range)::" + String(number, radix: 16)
                }
                let own = try beside(front, "fd00:0:0:223")
                let seen = try await lab.inGuest(
                    "one", of: cluster.file,
                    """
                    ip -6 route show default
                    ip -6 -o address show scope global
                    \(greeting(try beside(far, "fd00:0:0:226"))) >/dev/null && echo across
                    """
                ).expecting().stdout
                try await lab.onNode("kvm1", greeting(own)).expecting()
                let lines = seen.split(separator: "\n")
                #expect(lines.filter { $0.hasPrefix("default") }.count == 1, "\(seen)")
                #expect(lines.first?.hasPrefix("default via fd00:0:0:223::1 dev eth0") == true, "\(seen)")
                #expect(lines.filter { $0.contains(" inet6 ") }.count == 3, "one address on each NIC\n\(seen)")
                #expect(lines.last == "across", "\(seen)")
            }
        }
    }
}
