import Foundation
import Testing

extension EndToEnd {
    /// System packages that a guest without a way out gets from the machine that kvmctl runs on.
    @Suite("Delivered packages", .serialized) struct DeliveryLongTests {
        private func write(_ cluster: TestCluster, hasBalancer: Bool, delivers: Bool = true) throws {
            let subnet = cluster.lab.subnet
            let front = "front: {load-balancer: {backends: [{name: a, address: \(subnet).148, port: 8080}]}}"
            try cluster.write(
                """
                networks:
                  lan: {mode: bridge, bridge: br0, cidr: \(subnet).0/24, gateway: \(subnet).1, dhcp: none}
                instances:
                  lb:
                    profiles: [base]
                    memory: 384MiB
                    networks: {lan: {address: \(subnet).148}}
                    node: kvm1
                    ready: {when: agent, timeout: 10m}
                    packages: {deliver: \(delivers)}
                    roles: {site: {static-web: {port: 8080, page: here}}\(hasBalancer ? ", " + front : "")}
                """)
        }

        @Test(
            "A guest without internet gets a balancer's packages from here, serves, and keeps nothing of the delivery",
            .timeLimit(.minutes(30)))
        func balancer() async throws {
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "delivery") { cluster in
                try write(cluster, hasBalancer: false)
                let first = try await cluster.apply()
                #expect(!first.stdout.contains("fetching"), "its image has what the website needs: \(first)")
                let before = try await inGuest(
                    cluster, "ls -A /var/lib/apt/lists; timeout 20 getent hosts deb.debian.org || echo no way out")
                #expect(before.stdout == "no way out\n", "\(before)")

                try write(cluster, hasBalancer: true)
                let plan = try await cluster.plan("--detailed-exitcode", expecting: 2)
                #expect(plan.stdout.contains("load-balancer, its system packages delivered"), "\(plan)")
                let start = ContinuousClock.now
                let applied = try await cluster.apply()
                print("delivery: haproxy and socat applied in \(ContinuousClock.now - start)\n\(applied.stdout)")
                let page = try await Program.run("/usr/bin/curl", ["-s", "-m", "10", "http://\(lab.subnet).148/"])
                #expect(page.stdout == "here", "\(page)")
                try await cluster.expectConverged()

                let after = try await inGuest(
                    cluster,
                    "find /var/lib/kvmctl -name delivery; find / -xdev -name '*.deb'; ls -A /var/lib/apt/lists; "
                        + "apt-mark showauto | grep -c opentracing")
                #expect(after.stdout == "2\n", "\(after)")
                let sent = try await lab.onNode("kvm1", "find /var/lib/kvmctl -name '*.tar'")
                #expect(sent.stdout.isEmpty, "\(sent)")

                // What is gone again is drift, and comes by delivery as well: by the option of a single run.
                try await inGuest(cluster, "dpkg --remove --force-depends socat >/dev/null")
                let drift = try await cluster.plan("--detailed-exitcode", expecting: 2)
                #expect(drift.stdout.contains("installed by delivery"), "\(drift)")
                try write(cluster, hasBalancer: true, delivers: false)
                try await cluster.apply("--deliver-packages")
                try await cluster.expectConverged()
            }
        }

        @discardableResult
        private func inGuest(_ cluster: TestCluster, _ script: String) async throws -> Output {
            try await cluster.lab.inGuest("lb", of: cluster.file, script).expecting(0)
        }
    }
}
