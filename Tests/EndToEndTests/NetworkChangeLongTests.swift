import Foundation
import Testing

extension EndToEnd {
    /// What happens to a running guest when its network changes under it.
    @Suite("Changing networks", .serialized) struct NetworkChangeLongTests {
        private func spec(mode: String = "nat", cidr: String = "192.168.223.0/24", dhcp: String = "") -> String {
            """
            networks:
              front: {mode: \(mode), cidr: \(cidr)\(dhcp)}
            instances:
              one: {profiles: [base], networks: [front], node: kvm1, ready: {when: address, timeout: 10m}}
            """
        }

        @Test(
            "A guest keeps running and in reach while its network changes, live and by a restart; routed, others reach it"
        )
        func underAGuest() async throws {
            let lab = try await Lab.up()
            let start = ContinuousClock.now
            try await TestCluster.with(lab, "netchange", spec()) { cluster in
                try await cluster.apply()
                let address = try #require(try await cluster.instances()["one"]?.addresses.first)
                try await expectAnswer(address, lab)
                let boot = try await bootID(cluster)

                try cluster.write(spec(dhcp: ", dhcp: {from: 192.168.223.200, to: 192.168.223.220}"))
                try await expectEffects(["live"], cluster)
                try await cluster.apply()
                let live = try await lab.onNode("kvm1", "virsh net-dumpxml netchange.front").expecting().stdout
                #expect(live.contains("192.168.223.220"))
                try await expectSame(boot, address, cluster)

                try await lab.onNode("kvm2", "ip route replace 192.168.223.0/24 via \(lab.address(of: "kvm1"))")
                    .expecting()
                #expect(try await greet(address, lab, from: "kvm2", within: 5).status != 0)
                try cluster.write(spec(mode: "routed"))
                try await expectEffects(["live", "restart"], cluster)
                try await cluster.apply()
                try await expectSame(boot, address, cluster)
                try await expectRouted(address, cluster)
                try await lab.onNode("kvm2", "ip route del 192.168.223.0/24").expecting()

                try cluster.write(spec(mode: "isolated"))
                try await expectEffects(["restart"], cluster)
                try await cluster.apply()
                let isolated = try await lab.onNode("kvm1", "virsh net-dumpxml netchange.front").expecting().stdout
                #expect(!isolated.contains("<forward"))
                #expect(!isolated.contains("192.168.223.220"))
                try await expectSame(boot, address, cluster)

                // What people do, and libvirt does not mend.
                try await lab.onNode("kvm1", "virsh -q net-destroy netchange.front; virsh -q net-start netchange.front")
                    .expecting()
                #expect(try await greet(address, lab, within: 5).status != 0)
                try await expectEffects(["live"], cluster)
                try await cluster.apply()
                try await expectSame(boot, address, cluster)

                try await lab.onNode(
                    "kvm1",
                    """
                    virsh net-dumpxml --inactive netchange.front | sed 's/223\\.1'"'"'/223.77'"'"'/' >/tmp/netchange.xml
                    virsh -q net-define /tmp/netchange.xml; rm /tmp/netchange.xml
                    """
                ).expecting()
                let drift = try await cluster.plan().stdout
                #expect(drift.contains("192.168.223.77") && drift.contains("drift"), "\(drift)")
                try await cluster.apply()
                try await expectSame(boot, address, cluster)

                try cluster.write(spec(mode: "isolated", cidr: "192.168.233.0/24"))
                let refused = try await cluster.plan(expecting: 6)
                #expect(refused.text.contains("one uses \(address)"), "\(refused)")
                #expect(refused.text.contains("netchange.yaml:"), "\(refused)")
                try cluster.write(spec(mode: "isolated"))
                try await cluster.expectConverged()
            }
            print("changing networks: \(start.duration(to: .now).formatted(.units(allowed: [.seconds])))")
        }

        /// Expects that another node reaches the guest's own address, and that the guest sees that node's own.
        private func expectRouted(_ address: String, _ cluster: TestCluster) async throws {
            let lab = cluster.lab
            #expect(try await greet(address, lab, from: "kvm2", within: 60).expecting().stdout == "SSH")
            try await lab.onNode(
                "kvm2",
                """
                setsid timeout 60 bash -c 'exec 3<>/dev/tcp/\(address)/22; cat <&3' </dev/null >/dev/null 2>&1 &
                """
            ).expecting()
            // Addresses in it are backwards, in hexadecimal digits.
            let peer = lab.address(of: "kvm2").split(separator: ".").reversed().compactMap { UInt8($0) }
                .map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined().uppercased()
            let connections = try await lab.inGuest("one", of: cluster.file, "cat /proc/net/tcp").stdout
            #expect(connections.contains(" \(peer):"), "\(connections)")
        }

        /// Whether the guest's sshd answers a node.
        private func greet(
            _ address: String, _ lab: Lab, from node: String = "kvm1", within seconds: Int
        ) async throws -> Output {
            try await lab.onNode(
                node,
                """
                end=$(($(date +%s) + \(seconds)))
                while [ "$(date +%s)" -lt "$end" ]; do
                    timeout 3 bash -c 'exec 3<>/dev/tcp/\(address)/22; head -c 3 <&3' && exit 0
                    sleep 0.5
                done 2>/dev/null
                exit 1
                """, timeout: .seconds(700))
        }

        private func expectAnswer(_ address: String, _ lab: Lab) async throws {
            #expect(try await greet(address, lab, within: 600).expecting().stdout == "SSH")
        }

        private func bootID(_ cluster: TestCluster) async throws -> String {
            try await cluster.lab.inGuest("one", of: cluster.file, "cat /proc/sys/kernel/random/boot_id").stdout
        }

        private func expectSame(_ boot: String, _ address: String, _ cluster: TestCluster) async throws {
            try await expectAnswer(address, cluster.lab)
            #expect(try await bootID(cluster) == boot)
            try await cluster.expectConverged()
        }

        private func expectEffects(_ effects: Set<String>, _ cluster: TestCluster) async throws {
            let plan = try await cluster.run("plan", ["-o", "json"]).expecting().stdout
            let found = plan.matches(of: /"effect": ?"([^"]+)"/).map { String($0.1) }
            #expect(Set(found) == effects, "\(plan)")
        }
    }
}
