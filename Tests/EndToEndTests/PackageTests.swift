import Foundation
import Testing

extension EndToEnd {
    /// Roles of packages: a website behind a load balancer, from an empty fleet to its removal.
    @Suite("Roles of packages", .serialized) struct PackageTests {
        private func text(
            _ lab: Lab, page: String? = "one", listen: Int = 80, check: String = "/", balancer: Bool = true
        ) -> String {
            let web = page.map { "{site: {static-web: {port: 8080, page: \"\($0)\"}}}" } ?? "{}"
            let front =
                balancer
                ? """
                {front: {load-balancer: {listen: \(listen), check: "\(check)", \
                backends: {members: web, network: lan, port: 8080}}}}
                """ : "{}"
            return """
                networks:
                  lan: {mode: bridge, bridge: br0, cidr: \(lab.subnet).0/24, gateway: \(lab.subnet).1, addresses: {from: \(lab.subnet).150, to: \(lab.subnet).180}, dhcp: none}
                instances:
                  web: {profiles: [base], image: services, networks: [lan], node: kvm1, count: 1, ready: {when: agent, timeout: 10m}, roles: \(web)}
                  lb: {profiles: [base], image: services, nics: {eth0: {network: lan, address: \(lab.subnet).149}}, node: kvm2, ready: {when: agent, timeout: 10m}, roles: \(front)}
                """
        }

        @Test(
            "A page behind a load balancer: made, left alone, repaired, edited, rolled back where it cannot work, and removed",
            .timeLimit(.minutes(30)))
        func behindBalancer() async throws {
            let lab = try await Lab.up()
            let image = try await lab.image(with: ["load-balancer", "static-web"])
            try await TestCluster.with(lab, "packages") { cluster in
                func write(_ text: String) throws { try cluster.write(text, images: ["services": "source: \(image)"]) }
                try write(text(lab))
                try await cluster.apply()
                try await expect("one", at: lab)
                try await cluster.expectConverged()

                // By hand in both guests: told by name, and put right.
                try await inGuest(cluster, "lb", "echo '# mine' >>/etc/haproxy/haproxy.cfg")
                try await inGuest(cluster, "web-1", "systemctl stop kvmctl-static-web")
                let drift = try await cluster.plan("--detailed-exitcode", expecting: 2)
                #expect(drift.stdout.contains("/etc/haproxy/haproxy.cfg"), "\(drift)")
                #expect(drift.stdout.contains("services.kvmctl-static-web"), "\(drift)")
                try await cluster.apply()
                try await expect("one", at: lab)
                try await cluster.expectConverged()

                try write(text(lab, page: "two"))
                let edit = try await cluster.plan("--detailed-exitcode", expecting: 2)
                #expect(edit.stdout.contains("roles.site.page"), "\(edit)")
                #expect(!edit.stdout.contains("roles.front"), "\(edit)")
                try await cluster.apply()
                try await expect("two", at: lab)

                // HAProxy refuses it: what ran before goes on, and is not tried again until somebody asks for it.
                try write(text(lab, page: "two", check: "/a b'"))
                let failed = try await cluster.run("apply", ["--auto-approve"])
                #expect(failed.status != 0 && failed.text.contains("rolled back"), "\(failed)")
                try await expect("two", at: lab)
                let again = try await cluster.plan()
                #expect(again.stdout.contains("--retry"), "\(again)")
                let retried = try await cluster.run("apply", ["--auto-approve", "--retry"])
                #expect(retried.status != 0 && retried.text.contains("rolled back"), "\(retried)")
                try await expect("two", at: lab)
                try write(text(lab, page: "two"))
                try await cluster.apply()
                try await cluster.expectConverged()

                try write(text(lab, page: nil, balancer: false))
                try await cluster.apply()
                try await cluster.expectConverged()
                let left = try await inGuest(
                    cluster, "lb", "ls -A /var/lib/kvmctl/roles 2>&1; grep -c kvmctl /etc/haproxy/haproxy.cfg; systemctl is-active haproxy || :")
                #expect(left.stdout.hasSuffix("0\ninactive\n"), "\(left)")
                let site = try await inGuest(cluster, "web-1", "ls /etc/nginx/kvmctl-static-web.conf 2>&1 || :")
                #expect(site.stdout.contains("No such file"), "\(site)")
            }
        }

        @discardableResult
        private func inGuest(_ cluster: TestCluster, _ instance: String, _ script: String) async throws -> Output {
            try await cluster.lab.inGuest(instance, of: cluster.file, script).expecting(0)
        }

        /// That the balancer answers with the page, within the time of two of its checks.
        private func expect(_ page: String, at lab: Lab) async throws {
            let address = "http://\(lab.subnet).149/"
            var answer: Output?
            for _ in 0..<20 {
                let output = try await Program.run("/usr/bin/curl", ["-s", "-m", "5", address])
                if output.stdout == page { return }
                answer = output
                try await Task.sleep(for: .milliseconds(500))
            }
            Issue.record("\(address) does not answer with \(page): \(String(describing: answer))")
        }
    }
}
