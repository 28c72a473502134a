import Foundation
import Testing

extension EndToEnd {
    /// Faults that nodes have in the field, each really made, and what a doctor says of them.
    @Suite("Doctor", .serialized) struct DoctorTests {
        private struct Document: Decodable {
            struct Node: Decodable {
                let name: String
                let reachable: Bool
                let checks: [Check]
            }
            struct Check: Decodable {
                let check: String
                let verdict: String
                let summary: String
                let remedy: String?
            }
            let nodes: [Node]

            /// What is bad on a node, as `check: summary`.
            func bad(_ name: String) -> [String] {
                (nodes.first { $0.name == name }?.checks ?? []).filter { $0.verdict == "bad" }
                    .map { "\($0.check): \($0.summary)" }
            }
        }

        private static let pools = """
            pools: {small: {path: /srv/small}, frozen: {path: /srv/frozen/vms}}
            networks: {front: {mode: nat, cidr: 192.168.248.0/24}}
            """

        @Test("Faults of nodes are named with a remedy, a sound node has none, and nothing is changed by looking")
        func faults() async throws {
            let lab = try await Lab.up()
            let start = ContinuousClock.now
            try await TestCluster.with(lab, "doctor", Self.pools) { cluster in
                try await looksOnly(cluster, lab)
                try await makeFaults(lab)
                do {
                    try await names(cluster, lab)
                } catch {
                    await Task { _ = try? await restart(lab) }.value
                    throw error
                }
                try await restart(lab)
                try await cluster.run("doctor", []).expecting()
            }
            print("doctor: \(ContinuousClock.now - start)")
        }

        /// Times, modes and owners of everything that a look could change.
        private func looksOnly(_ cluster: TestCluster, _ lab: Lab) async throws {
            let print = """
                find /etc/libvirt /etc/ssh /etc/hosts /srv /var/lib /tmp /root -xdev -printf '%p %s %T@ %m %u\\n' | sort | sha256sum
                """
            let before = try await lab.onNode("kvm2", print).expecting().stdout
            let text = try await cluster.run("doctor", []).expecting().stdout
            #expect(text.contains("✓ libvirt"), "\(text)")
            #expect(!text.contains("✗"), "\(text)")
            #expect(try await lab.onNode("kvm2", print).expecting().stdout == before)
        }

        private func makeFaults(_ lab: Lab) async throws {
            let machine = try await lab.onNode("kvm1", "cat /etc/machine-id").expecting().stdout
            try await lab.onNode(
                "kvm2",
                """
                set -e
                # Its own name is asked of a server that does not answer.
                sed '/ kvm2$/d' /etc/hosts >/tmp/hosts; cat /tmp/hosts >/etc/hosts
                echo 'nameserver \(lab.subnet).250' >/etc/resolv.conf
                printf '%s' '\(machine)' >/etc/machine-id
                mkdir -p /srv/small /srv/frozen /srv/tools
                mount -t tmpfs -o size=1m tmpfs /srv/small
                mount -t tmpfs -o ro tmpfs /srv/frozen
                # Every program but one.
                for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin; do
                    for program in "$folder"/*; do ln -sf "$program" /srv/tools/; done
                done
                rm /srv/tools/flock
                printf '%s\\n' 'SetEnv PATH=/srv/tools' 'MaxSessions 1' 'AllowStreamLocalForwarding no' >/tmp/head
                grep -v MaxSessions /etc/ssh/sshd_config >/tmp/rest
                cat /tmp/head /tmp/rest >/etc/ssh/sshd_config
                kill -HUP "$(cat /run/sshd.pid)"
                kill "$(cat /run/libvirtd.pid 2>/dev/null || pgrep -x libvirtd)"
                """
            ).expecting()
            try await Task.sleep(for: .seconds(1))
        }

        private func names(_ cluster: TestCluster, _ lab: Lab) async throws {
            let output = try await cluster.run("doctor", ["-o", "json"], timeout: .seconds(120)).expecting(1)
            let found = try JSONDecoder().decode(Document.self, from: Data(output.stdout.utf8))
            #expect(found.bad("kvm1").allSatisfy { $0.hasPrefix("identity:") }, "\(output)")
            let bad = found.bad("kvm2")
            for words in [
                "sessions: sshd does not forward sockets", "libvirt: ", "tools: missing: flock",
                "name: it takes ", "identity: its /etc/machine-id is the same as on kvm1",
                "pools: small: /srv/small is full",
                "pools: frozen: /srv/frozen/vms is read-only (tmpfs)",
            ] {
                #expect(bad.contains { $0.hasPrefix(words) }, "\(words) is not among \(bad)")
            }
            #expect(bad.count == 7, "\(bad)")
            for check in found.nodes.flatMap(\.checks) where check.verdict == "bad" {
                #expect(check.remedy?.isEmpty == false, "\(check)")
            }
            // A node that nobody is at is told by its own exit code, beside one that is well.
            try cluster.write(Self.pools, nodes: ["kvm1", "kvm3"], addresses: ["kvm3": "\(lab.subnet).99"])
            let away = try await cluster.run("doctor", ["-o", "json"], timeout: .seconds(120)).expecting(7)
            let there = try JSONDecoder().decode(Document.self, from: Data(away.stdout.utf8))
            #expect(there.nodes.map(\.reachable) == [true, false], "\(away)")
            #expect(there.bad("kvm3").count == 1 && there.bad("kvm3")[0].hasPrefix("ssh: "), "\(away)")
            try await cluster.run("doctor", ["kvm1"]).expecting()
            try cluster.write(Self.pools)
        }

        /// A node that starts anew has its configuration from the lab again.
        private func restart(_ lab: Lab) async throws {
            try await lab.kvmctl("lab", "kill", "kvm2").expecting()
            try FileManager.default.removeItem(atPath: lab.state + "/nodes/kvm2/srv/tools")
            try await lab.kvmctl("lab", "start", "kvm2").expecting()
        }
    }
}
