import Foundation
import Testing

extension EndToEnd {
    /// examples/team.yaml: a database and its replica, a group of two, a website, and a monitor of them all.
    @Suite("The team", .serialized) struct TeamLongTests {
        @Test(
            "Rows arrive at a replica and in a group, also when one of them is made anew, and a monitor sees all",
            .timeLimit(.minutes(90)))
        func story() async throws {
            let repository = try SiteTests.Repository(try await Lab.up())
            do {
                try await repository.run("echo 'the page of the team' >index.html; push first")
                try await ExampleCopy.with(
                    "team", roles: ["mariadb", "monitoring", "node-exporter"], variables: ["repo": repository.url],
                    secrets: ["SHOP_PASSWORD": "its \"own' \\word", "REPLICATION_PASSWORD": "another-word"]
                ) { example in
                    try await story(example)
                }
            } catch {
                await repository.end()
                throw error
            }
            await repository.end()
        }

        private func story(_ start: ExampleCopy) async throws {
            var example = start
            try await example.apply()
            let made = try await example.lab.instances(example.options)
            let site = try #require(made["site"]?.addresses.first { $0.hasPrefix(example.lab.subnet) })
            let page = try await Program.run("/usr/bin/curl", ["-s", "-m", "10", "http://\(site):8080/"])
            #expect(page.stdout == "the page of the team\n")

            try await ask("CREATE TABLE shop.goods (name VARCHAR(20) PRIMARY KEY)", "db", example)
            try await ask("INSERT INTO shop.goods VALUES ('bread')", "db", example)
            try await arrives("bread", at: "copy", example)
            try await ask("CREATE TABLE shop.goods (name VARCHAR(20) PRIMARY KEY)", "pair-1", example)
            try await ask("INSERT INTO shop.goods VALUES ('bread')", "pair-1", example)
            try await arrives("bread", at: "pair-2", example)
            try await ask("INSERT INTO shop.goods VALUES ('salt')", "pair-2", example)
            try await arrives("salt", at: "pair-1", example)
            try await monitorSeesAll(example)

            let anew = "onChange: replace\n    cloudInit: {timezone: Etc/UTC}"
            example.edits.append(("  copy:\n    profiles: [base]", "  copy:\n    profiles: [base]\n    \(anew)"))
            try await example.apply("--max-deletes", "1")
            try await arrives("bread", at: "copy", example)
            try await ask("INSERT INTO shop.goods VALUES ('salt')", "db", example)
            try await arrives("salt", at: "copy", example)

            // First the one with which the group began: it joins again, and begins no other.
            let member = "{onChange: replace, cloudInit: {timezone: Etc/UTC}}"
            example.edits.append(("count: 2\n", "count: 2\n    members: {1: \(member)}\n"))
            try await replaced(example, 1)
            example.edits.append(("{1: \(member)}", "{1: \(member), 2: \(member)}"))
            try await replaced(example, 2)
            try await monitorSeesAll(example)
        }

        /// Makes a member of the group anew, while rows are written to the other one.
        private func replaced(_ example: ExampleCopy, _ number: Int) async throws {
            let (gone, other) = ("pair-\(number)", "pair-\(3 - number)")
            try await example.inGuest(gone, "touch /var/old").expecting()
            _ = try await example.inGuest(other, Self.writing)
            try await example.apply("--max-deletes", "1")
            let lines = try await example.inGuest(other, "systemctl stop ask; cat /run/asked").stdout
                .split(separator: "\n")
            print("team, \(gone) is made anew: \(lines.count) rows written to \(other)")
            #expect(lines.count > 10 && lines.allSatisfy { $0.hasSuffix(" 0") }, "\(lines)")
            // Its machine's id would be the same: systemd takes it from that of the virtual machine.
            #expect(try await example.inGuest(gone, "ls /var/old 2>/dev/null; true").stdout.isEmpty)
            try await arrives("salt", at: gone, example)
            let count = try await ask("SELECT COUNT(*) FROM shop.asked", other, example)
            try await example.eventually("\(gone) has every row") {
                try await ask("SELECT COUNT(*) FROM shop.asked", gone, example) == count
            }
            #expect(
                try await ask("SHOW STATUS LIKE 'wsrep_cluster_size'", gone, example) == "wsrep_cluster_size\t2\n")
            try await ask("DROP TABLE shop.asked", gone, example)
        }

        /// Writes a row each second, and notes when, and whether the server took it.
        private static let writing = """
            mariadb -e 'CREATE TABLE shop.asked (id INT AUTO_INCREMENT PRIMARY KEY)'
            rm -f /run/asked
            cat >/run/ask.sh <<'END'
            while :; do
                timeout 60 mariadb -e 'INSERT INTO shop.asked VALUES ()'
                echo "$(date +%s) $?" >>/run/asked
                sleep 1
            done
            END
            systemd-run -q --unit ask sh /run/ask.sh
            """

        @discardableResult
        private func ask(_ statement: String, _ instance: String, _ example: ExampleCopy) async throws -> String {
            try await example.inGuest(instance, "mariadb -N -B <<'END'\n\(statement)\nEND\n").expecting().stdout
        }

        private func arrives(_ row: String, at instance: String, _ example: ExampleCopy) async throws {
            try await example.eventually("\(row) is at \(instance)") {
                let found = try await example.inGuest(
                    instance, "mariadb -N -B -e \"SELECT name FROM shop.goods WHERE name = '\(row)'\" 2>&1 || true")
                return found.stdout == "\(row)\n"
            }
        }

        private func monitorSeesAll(_ example: ExampleCopy) async throws {
            try await example.eventually("the monitor sees all") {
                let found = try await example.inGuest(
                    "watch", "promtool query instant http://127.0.0.1:9090 up | sed 's/.*instance=\"//; s/@.*//' | sort"
                )
                let seen = found.stdout.split(separator: "\n").map { line in
                    (line.prefix { $0 != "\"" }, line.hasSuffix("=> 1 "))
                }
                return seen.filter(\.1).map { String($0.0) }
                    == ["copy", "db", "pair-1", "pair-2", "site", "watch"]
            }
        }
    }
}
