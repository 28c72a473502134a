import Foundation
import Testing

extension EndToEnd {
    /// Firewalls of instances: real guests, on two nodes, asked from everywhere.
    @Suite("Firewalls", .serialized) struct FirewallLongTests {
        private static let web = 146

        private func write(_ cluster: TestCluster, node: String, firewall: String = Self.balancerAlone) throws {
            let subnet = cluster.lab.subnet
            try cluster.write(
                """
                networks:
                  lan:
                    mode: bridge
                    bridge: br0
                    cidr: \(subnet).0/24
                    addresses: {from: "\(subnet).140", to: "\(subnet).160"}
                    dhcp: none
                instances:
                  web:
                    profiles: [base]
                    node: \(node)
                    networks: {lan: {address: \(subnet).\(Self.web)}}
                    ready: {when: cloud-init, timeout: 15m}
                    \(firewall)
                    cloudInit:
                      write_files:
                        - path: /etc/systemd/system/page.service
                          content: |
                            [Service]
                            ExecStart=/usr/bin/python3 -m http.server 8080 --directory /etc/default
                            [Install]
                            WantedBy=multi-user.target
                      runcmd: [[systemctl, enable, --now, page]]
                  lb: {profiles: [base], node: kvm1, networks: [lan], ready: {when: agent, timeout: 10m}}
                  other: {profiles: [base], node: kvm2, networks: [lan], ready: {when: agent, timeout: 10m}}
                """)
        }

        private static let balancerAlone =
            "firewall: {ingress: [{from: {members: lb}, ports: [8080]}, {from: lan, protocol: icmp}]}"

        @Test(
            "A web server is reached through its balancer alone: before, during and after a move, and after a node's restart",
            .timeLimit(.minutes(60)))
        func story() async throws {
            let start = ContinuousClock.now
            try await Lab.with("firewall", traits: []) { lab in
                try await TestCluster.with(lab, "firewall") { cluster in
                    try await story(cluster, lab)
                }
                for node in ["kvm1", "kvm2"] { try await leavesNoTrace(lab, node) }
            }
            print("firewalls: \(ContinuousClock.now - start)")
        }

        private func story(_ cluster: TestCluster, _ lab: Lab) async throws {
            try write(cluster, node: "kvm1")
            try await cluster.apply()
            try await cluster.expectConverged()
            try await isHeld(cluster, lab, "at first")
            let shown = try await cluster.run("describe", ["web"])
            #expect(shown.stdout.contains("in tcp 8080 from \(lab.subnet)."), "\(shown)")

            try await moved(cluster, lab)
            try await restarted(cluster, lab)
            try await mended(cluster, lab)

            // Changed while it runs, and ended.
            try write(cluster, node: "kvm2", firewall: "firewall: {ingress: [{from: any, ports: [8080]}], egress: []}")
            try await cluster.apply()
            try await cluster.expectConverged()
            #expect(try await fromOutside(lab))
            #expect(try await !asks(cluster, "web", "http://\(lab.subnet).1:9/", accepting: "refused"))
            try write(cluster, node: "kvm2", firewall: "")
            try await cluster.apply()
            try await cluster.expectConverged()
            #expect(try await fromOutside(lab))
            try await leavesNoTrace(lab, "kvm2")
        }

        /// A guest that moves live is reached by its balancer all the while, and by nobody else.
        private func moved(_ cluster: TestCluster, _ lab: Lab) async throws {
            _ = try await inGuest(
                cluster, "lb", "systemd-run -q --unit asks bash -c '\(Self.asking(lab)) >/run/asks'")
            for node in ["kvm1", "kvm2"] {
                try await lab.onNode(
                    node,
                    "setsid bash -c '\(Self.asking(lab))' >/tmp/asks-firewall 2>&1 </dev/null & echo $! >/tmp/asks-firewall.pid"
                ).expecting()
            }
            try write(cluster, node: "kvm2")
            try await cluster.apply()
            try await cluster.expectConverged()
            let answers = try await inGuest(cluster, "lb", "systemctl stop asks; cat /run/asks")
                .split(separator: "\n").compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
            let gap = zip(answers, answers.dropFirst()).map { $1 - $0 }.max() ?? .infinity
            print("firewalls, a move: \(answers.count) answers, longest gap \(gap) s")
            // An emulated guest that others move beside asks once in seconds.
            #expect(answers.count > 2 && gap < 15)
            for node in ["kvm1", "kvm2"] {
                let told = try await lab.onNode(
                    node, "kill -- -$(cat /tmp/asks-firewall.pid); cat /tmp/asks-firewall; rm /tmp/asks-firewall*")
                #expect(told.stdout.isEmpty, "\(node) reached it: \(told)")
            }
            try await isHeld(cluster, lab, "after the move")
        }

        /// A guest that its node starts is held to its firewall before kvmctl knows of the restart.
        private func restarted(_ cluster: TestCluster, _ lab: Lab) async throws {
            try await lab.kvmctl("lab", "kill", "kvm2").expecting()
            try await lab.kvmctl("lab", "start", "kvm2", timeout: .seconds(300)).expecting()
            let deadline = ContinuousClock.now + .seconds(240)
            while try await !asks(cluster, "lb", page(lab)), ContinuousClock.now < deadline {
                #expect(try await !fromOutside(lab))
                try await Task.sleep(for: .seconds(1))
            }
            try await isHeld(cluster, lab, "after the restart of its node", from: ["lb"])
            try await cluster.apply()
            try await cluster.expectConverged()
        }

        /// What somebody does to it by hand is told, and put right by the next apply.
        private func mended(_ cluster: TestCluster, _ lab: Lab) async throws {
            let edits = [
                "nft delete table bridge kvmctl", "nft flush map bridge kvmctl arriving",
                "nft insert rule bridge kvmctl arriving accept", "rm /etc/libvirt/hooks/qemu.d/kvmctl",
                "sed -i s/8080/80/ /var/lib/kvmctl/.firewall/*", "rm /var/lib/kvmctl/.firewall/*",
            ]
            for edit in edits {
                try await lab.onNode("kvm2", edit).expecting()
                let plan = try await cluster.plan("--detailed-exitcode", expecting: 2)
                #expect(plan.stdout.contains("firewall"), "\(edit): \(plan)")
                try await cluster.apply()
                try await cluster.expectConverged()
            }
            try await isHeld(cluster, lab, "after edits by hand")
        }

        private func isHeld(
            _ cluster: TestCluster, _ lab: Lab, _ when: String, from guests: [String] = ["lb", "other"]
        ) async throws {
            for guest in guests {
                #expect(try await asks(cluster, guest, page(lab)) == (guest == "lb"), "\(guest) \(when)")
            }
            for node in ["kvm1", "kvm2"] {
                let code = try await lab.onNode(node, "curl -s -o /dev/null -m 2 \(page(lab)); echo $?")
                #expect(code.stdout == "28\n", "\(node) \(when): \(code)")
            }
            #expect(try await !fromOutside(lab), "from outside \(when)")
            let ping = try await inGuest(cluster, "other", "ping -c 2 -W 5 \(lab.subnet).\(Self.web)")
            #expect(ping.contains(" 0% packet loss"), "\(when): \(ping)")
        }

        private func page(_ lab: Lab) -> String { "http://\(lab.subnet).\(Self.web):8080/" }

        /// A loop that prints when the page was there.
        private static func asking(_ lab: Lab) -> String {
            "while sleep 0.2; do curl -s -o /dev/null -m 5 http://\(lab.subnet).\(web):8080/ && date +%s.%N; done"
        }

        private func fromOutside(_ lab: Lab) async throws -> Bool {
            try await Program.run("/usr/bin/curl", ["-s", "-o", "/dev/null", "-m", "2", page(lab)]).status == 0
        }

        /// Whether a guest gets an answer, of which `refused` is one where that is asked for.
        private func asks(
            _ cluster: TestCluster, _ guest: String, _ address: String, accepting word: String? = nil
        ) async throws -> Bool {
            let said = try await inGuest(
                cluster, guest,
                "curl -s -o /dev/null -m 3 \(address); case $? in 0) echo answered ;; 7) echo refused ;; esac")
            return said.contains("answered") || word.map { said.contains($0) } ?? false
        }

        private func leavesNoTrace(_ lab: Lab, _ node: String) async throws {
            let left = try await lab.onNode(
                node,
                "ls -d /sys/class/net/kt* /etc/libvirt/hooks/qemu.d/kvmctl /run/kvmctl/firewall* /var/lib/kvmctl/.firewall 2>/dev/null; nft list tables | grep kvmctl; true"
            )
            let trace = left.stdout.split(separator: "\n").filter { !$0.contains("/sys/class/net/") }
            #expect(trace.isEmpty, "\(node): \(left)")
        }

        private func inGuest(_ cluster: TestCluster, _ instance: String, _ script: String) async throws -> String {
            // By its agent: a firewall lets nobody in for this.
            try await cluster.run("exec", [instance, "--timeout", "3m", "--", script]).expecting().stdout
        }
    }
}
