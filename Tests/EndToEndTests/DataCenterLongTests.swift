import Foundation
import Testing

extension EndToEnd {
    /// examples/datacenter.yaml: a page from a file server, by web servers, a balancer and a web firewall.
    @Suite("The data centre", .serialized) struct DataCenterLongTests {
        @Test(
            "A page passes a firewall and a balancer while all behind them changes, and an attack does not",
            .timeLimit(.minutes(60)))
        func story() async throws {
            let roles = ["waf", "load-balancer", "static-web", "nfs-mount", "nfs-server"]
            try await ExampleCopy.with("datacenter", roles: roles, variables: ["webs": "3"]) { example in
                try await story(example)
            }
        }

        private func story(_ start: ExampleCopy) async throws {
            var example = start
            try await example.apply()
            // The first request mounts the folder in the web servers.
            try await pageComes("Every web server has this page", example)
            let attack = try await ask(example, "/?id=1%27%20OR%20%271%27=%271%27%20--")
            #expect(attack.status == "403", "\(attack)")
            try await nobodyElseIsReached(example)

            example.variables["webs"] = "4"
            try await served(example, "a server is added") { try await $0.apply() }
            example.variables["webs"] = "3"
            try await served(example, "a server is removed") { try await $0.apply("--max-deletes", "1") }
            try await migrated(example)
            example.edits.append(("count: ${webs:-4}", "count: ${webs:-4}\n    memory: 2GiB"))
            try await served(example, "all servers are rebooted for more memory") { try await $0.apply() }
            example.edits.append(("Every web server", "Each web server"))
            try await served(example, "the shared page is edited") { try await $0.apply() }
            try await pageComes("Each web server", example)
            _ = try await example.inGuest("lb", "echo '# mine' >>/etc/haproxy/haproxy.cfg")
            let drift = try await example.run(["plan"], ["--detailed-exitcode"]).expecting(2)
            #expect(drift.stdout.contains("/etc/haproxy/haproxy.cfg"), "\(drift)")
            try await served(example, "what was edited by hand is put right") { try await $0.apply() }
            try await fileServerComesBack(example)
        }

        /// From outside, from the nodes and from a neighbour, only those get an answer whom the spec lets in.
        private func nobodyElseIsReached(_ example: ExampleCopy) async throws {
            let lab = example.lab
            for (instance, port) in [("storage", 2049), ("web-1", 8080), ("lb", 8000)] {
                let own = try await example.inGuest(instance, "ip -4 -br addr show").stdout
                    .split(whereSeparator: \.isWhitespace).filter { $0.contains("/") && !$0.hasPrefix("127.") }
                    .compactMap { $0.split(separator: "/").first }
                let front = try #require(own.first { $0.hasPrefix(lab.subnet + ".") })
                let inner = try #require(own.first { !$0.hasPrefix(lab.subnet + ".") })
                let outside = try await Program.run("/bin/sh", ["-c", Self.knock(front, port)])
                #expect(outside.stdout == "124\n", "\(instance) from outside: \(outside)")
                for node in ["kvm1", "kvm2"] {
                    let said = try await lab.onNode(node, Self.knock(front, port))
                    #expect(said.stdout == "124\n", "\(instance) from \(node): \(said)")
                }
                for (guest, address) in [("waf", front), ("waf", inner), ("lb", inner), ("web-1", inner)] {
                    let isLetIn = [("waf", "lb"), ("lb", "web-1"), ("web-1", "storage")].contains {
                        $0 == (guest, instance)
                    }
                    guard guest != instance else { continue }
                    let said = try await example.inGuest(guest, Self.knock(address, port))
                    // Without a route to the network, the guest says so at once.
                    #expect((said.stdout == "0\n") == isLetIn, "\(instance) from \(guest) at \(address): \(said)")
                    #expect(said.stdout != "1\n" || guest == "waf" || guest == "lb", "\(instance): \(said)")
                }
            }
        }

        /// Opens a connection; 0 if it can, 124 if nobody answers.
        private static func knock(_ address: Substring, _ port: Int) -> String {
            "timeout 8 bash -c 'exec 3<>/dev/tcp/\(address)/\(port)' 2>/dev/null; echo $?"
        }

        private func firewall(_ example: ExampleCopy) -> String { "\(example.lab.subnet).149" }

        /// The status with which the firewall answers, and the page.
        private func ask(_ example: ExampleCopy, _ path: String = "/") async throws -> (status: String, page: String) {
            let output = try await Program.run(
                "/usr/bin/curl", ["-s", "-m", "10", "-w", "\n%{http_code}", "http://\(firewall(example))\(path)"])
            let lines = output.stdout.split(separator: "\n", omittingEmptySubsequences: false)
            return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
        }

        private func served(
            _ example: ExampleCopy, _ words: String, _ body: @Sendable (ExampleCopy) async throws -> Void
        ) async throws {
            try await example.served(words, by: firewall(example), port: 80, body)
        }

        /// The only server of its node changes places with nobody: it goes to the other node while it runs.
        private func migrated(_ start: ExampleCopy) async throws {
            var example = start
            let before = try await example.lab.instances(example.options)
            let webs = before.filter { $0.key.hasPrefix("web-") }
            let full = try #require(["kvm1", "kvm2"].first { node in webs.values.count { $0.place == node } == 2 })
            let moved = try #require(webs.values.filter { $0.place == full }.map(\.name).min())
            let other = full == "kvm1" ? "kvm2" : "kvm1"
            let number = try #require(moved.split(separator: "-").last)
            let boot = try await example.inGuest(moved, "cat /proc/sys/kernel/random/boot_id").stdout
            example.edits.append(
                ("count: ${webs:-4}", "count: ${webs:-4}\n    members: {\(number): {node: \(other)}}"))
            try await served(example, "a server migrates while it runs") { try await $0.apply() }
            #expect(try await example.lab.instances(example.options)[moved]?.place == other)
            #expect(try await example.inGuest(moved, "cat /proc/sys/kernel/random/boot_id").stdout == boot)
        }

        /// The page is there again after the file server was, and nobody touches the web servers.
        private func fileServerComesBack(_ example: ExampleCopy) async throws {
            let place = try #require(try await example.lab.instances(example.options)["storage"]?.place)
            try await example.lab.onNode(place, "virsh -q destroy datacenter.storage").expecting()
            try await Task.sleep(for: .seconds(5))
            try await example.run(["apply"], ["--auto-approve"]).expecting()
            try await pageComes("Each web server", example)
            try await example.run(["plan"], ["--detailed-exitcode"]).expecting(0)
        }

        /// That the page says so within two minutes.
        private func pageComes(_ words: String, _ example: ExampleCopy) async throws {
            let start = ContinuousClock.now
            var last: (status: String, page: String) = ("", "")
            while ContinuousClock.now < start + .seconds(120) {
                last = try await ask(example)
                if last.status == "200", last.page.contains(words) {
                    print("data centre: the page was there after \(ContinuousClock.now - start)")
                    return
                }
                try await Task.sleep(for: .milliseconds(500))
            }
            Issue.record("the page did not come: \(last)")
        }
    }
}
