import Foundation
import Testing

extension EndToEnd {
    /// examples/swarm.yaml: a manager, workers that join it by a token, and a service that they run.
    @Suite("The swarm", .serialized) struct SwarmLongTests {
        @Test(
            "A service of a swarm answers while workers are added, rebooted, made anew and removed",
            .timeLimit(.minutes(90)))
        func story() async throws {
            try await ExampleCopy.with("swarm", roles: ["docker-swarm"], variables: ["workers": "2"]) { example in
                try await story(example)
            }
        }

        private func story(_ start: ExampleCopy) async throws {
            var example = start
            try await example.apply()
            try await runs(on: ["worker-1", "worker-2"], example)
            try await hidesTokens(example)

            example.variables["workers"] = "3"
            try await served(example, "a worker is added") { try await $0.apply() }
            try await runs(on: ["worker-1", "worker-2", "worker-3"], example)
            example.edits.append(("count: ${workers:-2}", "count: ${workers:-2}\n    memory: 2GiB"))
            try await served(example, "all workers are rebooted for more memory") { try await $0.apply() }
            try await runs(on: ["worker-1", "worker-2", "worker-3"], example)
            example.edits.append(
                (
                    "count: ${workers:-2}",
                    "count: ${workers:-2}\n    members: {1: {onChange: replace, cloudInit: {timezone: Etc/UTC}}}"
                ))
            try await served(example, "a worker is made anew") { try await $0.apply("--max-deletes", "1") }
            try await runs(on: ["worker-1", "worker-2", "worker-3"], example)
            example.variables["workers"] = "2"
            try await served(example, "a worker is removed") { try await $0.apply("--max-deletes", "1") }
            try await runs(on: ["worker-1", "worker-2"], example)
        }

        private func served(
            _ example: ExampleCopy, _ words: String, _ body: @Sendable (ExampleCopy) async throws -> Void
        ) async throws {
            let begun = Int(Date().timeIntervalSince1970)
            try await example.served(words, by: "\(example.lab.subnet).149", port: 8080, body)
            // A request fails where the manager has given a worker up; whether it had is shown beside the failures.
            let journal = try await example.inGuest(
                "manager",
                "journalctl -q -u docker -o short-iso --since @\(begun) | grep -iE 'heartbeat|gossip|->' | tail -n 20; true"
            )
            print("swarm, \(words), by the manager's journal:\n\(journal.stdout)")
        }

        /// The swarm has these workers and no others, each of which runs the service and answers as itself.
        private func runs(on workers: [String], _ example: ExampleCopy) async throws {
            let script = """
                docker node inspect --format '{{.Description.Hostname}} {{.Spec.Role}} {{.Status.State}} \
                {{.Spec.Availability}}' $(docker node ls -q) | sort
                docker service ps hello --filter desired-state=running --format '{{.Node}} {{.CurrentState}}' |
                    cut -d ' ' -f 1,2 | sort
                """
            let expected =
                ["manager manager ready drain"] + workers.map { "\($0) worker ready active" }
                + workers.map { "\($0) Running" }
            try await example.eventually("the service runs on \(workers.count)", within: .seconds(420)) {
                try await example.inGuest("manager", script).stdout.split(separator: "\n").map(String.init) == expected
            }
            var seen: Set<String> = []
            try await example.eventually("each of \(workers.count) answers") {
                let page = try await Program.run(
                    "/usr/bin/curl", ["-s", "-m", "10", "http://\(example.lab.subnet).149:8080/"])
                seen.insert(page.stdout.trimmingCharacters(in: .whitespacesAndNewlines))
                return seen.isSuperset(of: workers)
            }
        }

        /// The token with which workers join is in no journal and no list, on neither side.
        private func hidesTokens(_ example: ExampleCopy) async throws {
            let token = try await example.inGuest("manager", "docker swarm join-token -q worker").stdout
                .trimmingCharacters(in: .whitespacesAndNewlines)
            try #require(token.hasPrefix("SWMTKN-"))
            for guest in ["manager", "worker-1"] {
                let found = try await example.inGuest(guest, "journalctl -q -o cat | grep -c SWMTKN || true").stdout
                #expect(found == "0\n", "\(guest)")
            }
            let roles = try await example.run(["get", "roles"], ["-o", "json"]).expecting().stdout
            #expect(!roles.contains(token))
        }
    }
}
