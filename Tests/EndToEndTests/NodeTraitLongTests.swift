import Foundation
import Testing

extension EndToEnd {
    /// Nodes as people have them: another user than root, QEMU as a user of its own, other sockets, ordinary limits.
    @Suite("Ordinary nodes", .serialized) struct NodeTraitLongTests {
        private func spec(_ lab: Lab, _ repository: SiteTests.Repository, node: String, memory: String) -> String {
            """
            networks:
              lan: {mode: bridge, bridge: br0, cidr: \(lab.subnet).0/24, gateway: \(lab.subnet).1, addresses: {from: \(lab.subnet).150, to: \(lab.subnet).180}, dhcp: none}
              front: {mode: nat, cidr: 192.168.247.0/24}
            instances:
              web:
                profiles: [base]
                memory: \(memory)
                node: \(node)
                networks: [lan, front]
                disks: {data: {size: 1GiB}}
                ready: {when: address, timeout: 10m}
                roles: {site: {git-web: {repo: "\(repository.url)", port: 8080, health: {timeout: 60s}}}}
            """
        }

        @Test(
            "What is done on plain nodes works on those that people have: create, change, move, serve, start, destroy")
        func story() async throws {
            let start = ContinuousClock.now
            let traits = ["kvm1=sudo-user,qemu-user,ssh-limits", "kvm2=sudo-user,qemu-user,ssh-limits,modular-socket"]
            try await Lab.with("ordinary", traits: traits) { lab in
                let repository = try SiteTests.Repository(lab)
                do {
                    try await repository.run("echo hello >index.html; push first")
                    try await TestCluster.with(
                        lab, "plain", spec(lab, repository, node: "kvm1", memory: "256MiB")
                    ) { try await story($0, lab, repository) }
                } catch {
                    await repository.end()
                    throw error
                }
                await repository.end()
            }
            print("ordinary nodes: \(ContinuousClock.now - start)")
        }

        private func story(_ cluster: TestCluster, _ lab: Lab, _ repository: SiteTests.Repository) async throws {
            try await refusesClosedFolder(cluster, lab, repository)
            try await cluster.apply()
            try await cluster.expectConverged()
            let address = try #require(
                try await cluster.instances()["web"]?.addresses.first { $0.hasPrefix(lab.subnet) })
            try await expectPage(address)
            let user = try await lab.onNode("kvm1", "ps -o user= -p $(cat /run/libvirt/qemu/plain.web.pid)").expecting()
            #expect(user.stdout.hasPrefix("libvirt"), "\(user)")

            // Live: memory, then the migration to the other node with all disks.
            try cluster.write(spec(lab, repository, node: "kvm1", memory: "384MiB"))
            try await cluster.apply()
            try await cluster.expectConverged()
            try cluster.write(spec(lab, repository, node: "kvm2", memory: "384MiB"))
            try await cluster.apply()
            try await cluster.expectConverged()
            try await expectPage(address)
            #expect(try await lab.objects("plain.", on: "kvm1") == [])
            #expect(try await cluster.instances()["web"]?.node == "kvm2")

            // The plug is pulled while the node has just heard from the guest.
            try await lab.onNode("kvm2", "curl -s -m 20 http://\(address):8080/ && virsh -q destroy plain.web")
                .expecting()
            try await cluster.apply()
            let alive = try await lab.onNode(
                "kvm2",
                """
                ip neigh del \(address) dev br0; ip neigh replace \(address) dev br0 use
                sleep 1; ip -4 neigh show to \(address)
                """)
            #expect(alive.stdout.contains("REACHABLE"), "it was called ready before it was up: \(alive)")
            try await cluster.expectConverged()
        }

        /// A folder that QEMU's user may not enter is named by the doctor and by the plan, before anything is made.
        private func refusesClosedFolder(
            _ cluster: TestCluster, _ lab: Lab, _ repository: SiteTests.Repository
        ) async throws {
            try await lab.onNode("kvm1", "mkdir -m 700 /srv/closed && mkdir /srv/closed/vms").expecting()
            let plain = spec(lab, repository, node: "kvm1", memory: "256MiB")
            try cluster.write(
                "pools: {closed: {path: /srv/closed/vms}}\n"
                    + plain.replacing(
                        "    networks: [lan, front]", with: "    networks: [lan, front]\n    pool: closed"))
            let words = "QEMU runs as libvirt-qemu, which has no access to /srv/closed"
            let doctor = try await cluster.run("doctor", []).expecting(1)
            #expect(doctor.stdout.contains("✗ pools       closed: \(words)"), "\(doctor)")
            #expect(doctor.stdout.contains("chmod o+x /srv/closed"), "\(doctor)")
            let plan = try await cluster.planned(expecting: 6)
            #expect(plan.refusals.contains { $0.reason.contains(words) }, "\(plan)")
            try await lab.onNode("kvm1", "rm -r /srv/closed").expecting()
            try cluster.write(plain)
            try await cluster.run("doctor", []).expecting()
        }

        private func expectPage(_ address: String, source: SourceLocation = #_sourceLocation) async throws {
            let page = try await Program.run("/usr/bin/curl", ["-s", "-m", "20", "http://\(address):8080/"])
            #expect(page.stdout == "hello\n", "\(page)", sourceLocation: source)
        }
    }
}
