import Foundation
import Testing

extension EndToEnd {
    /// Guests of another release than most tests have.
    @Suite("Debian 13", .serialized) struct ReleaseLongTests {
        @Test(
            "A website behind a balancer comes, is mended and goes on guests with Debian 13", .timeLimit(.minutes(50)))
        func trixie() async throws {
            let lab = try await Lab.up()
            let image = try await lab.image(with: ["static-web"], debian: 13)
            let subnet = lab.subnet
            try await TestCluster.with(lab, "release") { cluster in
                try cluster.write(
                    """
                    networks:
                      lan: {mode: bridge, bridge: br0, cidr: \(subnet).0/24, gateway: \(subnet).1, dhcp: none}
                    instances:
                      web:
                        profiles: [base]
                        image: debian-13
                        memory: 384MiB
                        networks: {lan: {address: \(subnet).146}}
                        node: kvm1
                        ready: {when: agent, timeout: 15m}
                        roles: {site: {static-web: {port: 8080, page: here}}}
                      lb:
                        profiles: [base]
                        image: debian-13
                        memory: 384MiB
                        networks: {lan: {address: \(subnet).147}}
                        node: kvm2
                        ready: {when: agent, timeout: 15m}
                        packages: {deliver: true}
                        roles: {front: {load-balancer: {backends: {members: web, network: lan, port: 8080}}}}
                    """, images: ["debian-13": "source: \(image)"])
                try await cluster.apply()
                try await cluster.expectConverged()
                let page = try await Program.run("/usr/bin/curl", ["-s", "-m", "10", "http://\(subnet).147/"])
                #expect(page.stdout == "here", "\(page)")
                let release = try await inGuest(cluster, "lb", ". /etc/os-release; echo $VERSION_CODENAME")
                #expect(release.stdout == "trixie\n", "\(release)")

                try await inGuest(cluster, "lb", "echo '# mine' >>/etc/haproxy/haproxy.cfg; systemctl stop haproxy")
                let drift = try await cluster.plan("--detailed-exitcode", expecting: 2)
                #expect(drift.stdout.contains("/etc/haproxy/haproxy.cfg"), "\(drift)")
                try await cluster.apply()
                try await cluster.expectConverged()
            }
        }

        @discardableResult
        private func inGuest(_ cluster: TestCluster, _ instance: String, _ script: String) async throws -> Output {
            try await cluster.lab.inGuest(instance, of: cluster.file, script).expecting(0)
        }
    }
}
