import Foundation
import Testing

extension EndToEnd {
    /// Roles of packages: a website of several servers behind a load balancer, from an empty fleet to its removal.
    @Suite("Roles of packages", .serialized) struct BalancerLongTests {
        /// The spec at one moment of the scenario.
        struct Stand: Sendable {
            var count = 2
            var vcpus = 2
            var page: String? = "one"
            var check = "/"
            var hasBalancer = true
        }

        private func write(_ cluster: TestCluster, _ stand: Stand, image: String) throws {
            let subnet = cluster.lab.subnet
            let web = stand.page.map { "{site: {static-web: {port: 8080, page: \"\($0)\"}}}" } ?? "{}"
            let front = """
                {front: {load-balancer: {check: "\(stand.check)", interval: 500ms, \
                backends: {members: web, network: lan, port: 8080}}}}
                """
            let text = """
                networks:
                  lan:
                    {mode: bridge, bridge: br0, cidr: \(subnet).0/24, gateway: \(subnet).1, dhcp: none,
                     addresses: {from: \(subnet).150, to: \(subnet).180}}
                instances:
                  web:
                    profiles: [base]
                    image: services
                    vcpus: \(stand.vcpus)
                    memory: 384MiB
                    networks: [lan]
                    placement: {perNode: 2}
                    count: \(stand.count)
                    ready: {when: agent, timeout: 10m}
                    roles: \(web)
                  lb:
                    profiles: [base]
                    image: services
                    memory: 384MiB
                    networks: {lan: {address: \(subnet).149}}
                    node: kvm2
                    ready: {when: agent, timeout: 10m}
                    roles: \(stand.hasBalancer ? front : "{}")
                """
            try cluster.write(text, images: ["services": "source: \(image)"])
        }

        @Test(
            "A website behind a balancer loses no request while its servers are changed, rebooted, added and removed",
            .timeLimit(.minutes(40)))
        func behindBalancer() async throws {
            let lab = try await Lab.up()
            let image = try await lab.image(with: ["load-balancer", "static-web"])
            try await TestCluster.with(lab, "packages") { cluster in
                var stand = Stand()
                try write(cluster, stand, image: image)
                try await cluster.apply()
                try await expect("one", at: lab)
                try await cluster.expectConverged()

                // By hand in both guests: told by name, and put right.
                try await inGuest(cluster, "lb", "echo '# mine' >>/etc/haproxy/haproxy.cfg")
                try await inGuest(cluster, "web-1", "systemctl stop kvmctl-static-web")
                let drift = try await cluster.plan("--detailed-exitcode", expecting: 2)
                #expect(drift.stdout.contains("/etc/haproxy/haproxy.cfg"), "\(drift)")
                #expect(drift.stdout.contains("services.kvmctl-static-web"), "\(drift)")
                try await served(cluster, "what was edited by hand is put right") { try await cluster.apply() }
                try await cluster.expectConverged()

                stand.page = "two"
                try write(cluster, stand, image: image)
                let edit = try await cluster.plan("--detailed-exitcode", expecting: 2)
                #expect(edit.stdout.contains("roles.site.page"), "\(edit)")
                try await served(cluster, "the page is changed") { try await cluster.apply() }
                try await expect("two", at: lab)
                try await cluster.expectConverged()

                stand.count = 3
                stand.vcpus = 1
                try write(cluster, stand, image: image)
                let more = try await cluster.plan("--detailed-exitcode", expecting: 2)
                #expect(more.stdout.contains("roles.front.backends"), "\(more)")
                try await served(cluster, "one is added and two are rebooted") { try await cluster.apply() }
                try await cluster.expectConverged()

                stand.count = 2
                try write(cluster, stand, image: image)
                try await served(cluster, "one is removed") {
                    try await cluster.apply("--max-deletes", "1")
                }
                try await cluster.expectConverged()

                try await refused(cluster, stand, image: image)
                try await removed(cluster, stand, image: image)
            }
        }

        /// HAProxy refuses it: the configuration before goes on, and is not tried again until somebody asks for it.
        private func refused(_ cluster: TestCluster, _ stand: Stand, image: String) async throws {
            var wrong = stand
            wrong.check = "/a b'"
            try write(cluster, wrong, image: image)
            try await served(cluster, "a configuration is refused") {
                let failed = try await cluster.run("apply", ["--auto-approve"])
                #expect(failed.status != 0 && failed.text.contains("rolled back"), "\(failed)")
                let again = try await cluster.plan()
                #expect(again.stdout.contains("--retry"), "\(again)")
                let retried = try await cluster.run("apply", ["--auto-approve", "--retry"])
                #expect(retried.status != 0 && retried.text.contains("rolled back"), "\(retried)")
            }
            try write(cluster, stand, image: image)
            try await cluster.apply()
            try await cluster.expectConverged()
        }

        private func removed(_ cluster: TestCluster, _ stand: Stand, image: String) async throws {
            var bare = stand
            bare.page = nil
            bare.hasBalancer = false
            try write(cluster, bare, image: image)
            try await cluster.apply()
            try await cluster.expectConverged()
            let left = try await inGuest(
                cluster, "lb",
                "ls -A /var/lib/kvmctl/roles 2>&1; grep -c kvmctl /etc/haproxy/haproxy.cfg; systemctl is-active haproxy || :"
            )
            #expect(left.stdout.hasSuffix("0\ninactive\n"), "\(left)")
            let site = try await inGuest(cluster, "web-1", "ls /etc/nginx/kvmctl-static-web.conf 2>&1 || :")
            #expect(site.stdout.contains("No such file"), "\(site)")
        }

        /// Asks the balancer every 50 ms meanwhile; every request has to be answered well.
        private func served(
            _ cluster: TestCluster, _ words: String, source: SourceLocation = #_sourceLocation,
            _ body: @Sendable () async throws -> Void
        ) async throws {
            let (_, polls) = try await polled(["\(cluster.lab.subnet).149"], port: 80, body)
            let poll = try #require(polls.first)
            print("behind a balancer, \(words): \(poll.answers) requests, longest gap \(poll.longestGap)")
            #expect(poll.answers > 0 && poll.failures.isEmpty, "\(words): \(poll)", sourceLocation: source)
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
