import Foundation
import Testing

extension EndToEnd {
    /// Git repositories served from real guests: two of a group, one on each node, shared by everything here.
    @Suite("Websites", .serialized) struct SiteTests {
        /// A repository of the test's own, served on the lab's bridge.
        final class Repository {
            let folder: URL
            let url: String
            private let daemon: Program

            init(_ lab: Lab) throws {
                folder = try Scratch.folder()
                let port = 9_500 + Int.random(in: 0..<400)
                url = "git://\(lab.subnet).1:\(port)/site.git"
                // Not by way of git, which would only start it and be in the way of ending it.
                daemon = try Program(
                    "/bin/sh",
                    [
                        "-c", "exec \"$(git --exec-path)/git-daemon\" \"$@\"", "sh", "--export-all", "--reuseaddr",
                        "--listen=\(lab.subnet).1", "--port=\(port)", "--base-path=\(folder.path)",
                    ])
            }

            /// Runs a script in the work tree; `push` is a function of it.
            @discardableResult
            func run(_ script: String) async throws -> String {
                let all = """
                    set -eu
                    cd '\(folder.path)'
                    git() { command git -c user.name=t -c user.email=t@localhost -c init.defaultBranch=main "$@"; }
                    [ -d work ] || { git init -q work; git clone -q --bare work site.git 2>/dev/null; }
                    cd work
                    push() { git add -A; git commit -q --allow-empty -m "$1"; git push -q -f ../site.git HEAD:main; }
                    \(script)
                    git rev-parse HEAD
                    """
                return try await Program.run("/bin/sh", ["-s"], input: all).expecting().stdout
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            }

            func end() async {
                daemon.signal(SIGKILL)
                _ = try? await daemon.output(timeout: .seconds(20))
                try? FileManager.default.removeItem(at: folder)
            }
        }

        private func spec(_ lab: Lab, _ repository: Repository, _ more: String = "") -> String {
            spec(lab, role: "repo: \"\(repository.url)\", port: 8080, health: {timeout: 20s}\(more)")
        }

        /// A build whose second command has what shells, systemd and specs each put something in place of.
        private static let build =
            #", build: ['sh ./build.sh', 'for word in a b; do last=$word; done; echo "${last} ${NO_SUCH:-sh} $$" >words.txt']"#

        private func spec(_ lab: Lab, role: String) -> String {
            """
            networks:
              lan: {mode: bridge, bridge: br0, cidr: \(lab.subnet).0/24, gateway: \(lab.subnet).1, addresses: {from: \(lab.subnet).150, to: \(lab.subnet).180}, dhcp: none}
            instances:
              web:
                profiles: [base]
                networks: [lan]
                cloudInit:
                  runcmd:
                    - "case $(hostname) in web-1) ufw allow 22/tcp; ufw --force enable;; *) systemctl start firewalld;; esac"
                count: 2
                members: {2: \(Self.mute)}
                placement: {spread: node}
                ready: {when: address, timeout: 10m}
                roles:
                  site:
                    git-web: {\(role)}
            """
        }

        /// The same group with the lab's own repository over ssh, and a certificate.
        func specOverSSH(_ lab: Lab, _ hosts: String) -> String {
            let role = """
                repo: "ssh://root@\(lab.subnet).11/srv/git/site.git", port: 8443, health: {timeout: 20s}, \
                deployKey: {file: \(lab.nodeKey)}, knownHosts: {file: \(hosts)}, \
                tls: {certificate: {file: tls.crt}, key: {file: tls.key}}
                """
            return spec(lab, role: role)
        }

        private func ask(_ address: String, _ path: String = "/", port: Int = 8080, _ options: String...) async throws
            -> Output
        {
            try await Program.run(
                "/usr/bin/curl",
                ["-s", "-m", "20", "--path-as-is"] + options + ["http://\(address):\(port)\(path)"])
        }

        func expectPage(_ page: String, _ addresses: [String], source: SourceLocation = #_sourceLocation)
            async throws
        {
            for address in addresses {
                #expect(try await ask(address).stdout == page + "\n", "\(address)", sourceLocation: source)
            }
        }

        @Test("A repository is served by a group, rolled, refused where it is broken, brought back, and kept in bounds")
        func story() async throws {
            let lab = try await Lab.up()
            let repository = try Repository(lab)
            let start = ContinuousClock.now
            do {
                try await TestCluster.with(lab, "sites", spec(lab, repository)) { cluster in
                    try await story(lab, cluster, repository)
                }
            } catch {
                await repository.end()
                throw error
            }
            await repository.end()
            print("websites from git: \(ContinuousClock.now - start)")
        }

        private func story(_ lab: Lab, _ cluster: TestCluster, _ repository: Repository) async throws {
            // The first apply ends with the page served on both nodes.
            let first = try await repository.run(
                """
                mkdir sub .hidden; echo one >index.html; echo sub >sub/index.html; echo x >.hidden/f; echo x >.env
                ln -s /etc/passwd passwd; ln -s index.html inside.html
                push 'first; $(touch /tmp/kvmctl-pwned) `id`'
                """)
            try await cluster.apply()
            try await cluster.expectConverged()
            let instances = try await cluster.instances()
            #expect(Set(instances.values.map(\.place)) == ["kvm1", "kvm2"])
            let addresses = try instances.keys.sorted().map { try #require(instances[$0]?.addresses.first) }
            try await expectPage("one", addresses)
            try await isInBounds(lab, cluster, addresses[0])
            try await firewallsLetThrough("8080", lab, cluster, addresses)
            try await isReachedWithoutAgent(lab, cluster, repository, addresses)

            // A push is the only planned change; a client that asks all the time sees no failure.
            let second = try await repository.run("echo two >index.html; push \"$(printf 'red \\033[31m text')\"")
            let plan = try await cluster.planned()
            #expect(plan.changes.flatMap(\.fields).map(\.path) == ["roles.site.commit", "roles.site.commit"])
            #expect(
                plan.changes.flatMap(\.fields).allSatisfy { $0.effect == "live" && $0.old == String(first.prefix(7)) })
            #expect(plan.changes.first?.fields.first?.new?.hasPrefix(String(second.prefix(7))) == true)
            #expect(!(try await cluster.plan()).stdout.contains("\u{1b}"))
            let boots = try await lab.inGuest("web-1", of: cluster.file, "cat /proc/sys/kernel/random/boot_id").stdout
            let before = ContinuousClock.now
            let (turns, polls) = try await polled(addresses) { try await apply(cluster) }
            let took = ContinuousClock.now - before
            let byHand = try await byHand(lab, cluster, repository)
            let gap = polls.map(\.longestGap).max() ?? .zero
            print("push to served on two guests: \(took), by hand over ssh \(byHand); longest gap \(gap)")
            try await expectPage("two", addresses)
            try #require(turns.count == 2 && polls.count == 2, "\(turns)")
            #expect(turns[0].end <= turns[1].start, "\(turns)")
            for (name, poll) in zip(instances.keys.sorted(), polls) {
                let turn = try #require(turns.first { $0.instance == name })
                let outside = poll.failures.filter { !($0.end >= turn.start && $0.start <= turn.end) }
                #expect(outside.isEmpty, "\(name) did not answer outside of \(turn)")
            }
            #expect(gap < .seconds(2))
            #expect(
                try await lab.inGuest("web-1", of: cluster.file, "cat /proc/sys/kernel/random/boot_id").stdout == boots)

            // What is broken never takes the place of what works.
            try cluster.write(spec(lab, repository, ", build: ['sh ./build.sh']"))
            try await repository.run("echo 'echo going wrong >&2; exit 3' >build.sh; push broken")
            let broken = try await cluster.apply(expecting: 1)
            #expect(broken.stdout.contains("going wrong"), "\(broken)")
            try await repository.run("git rm -q index.html; echo true >build.sh; push 'no index'")
            let empty = try await cluster.apply(expecting: 1)
            #expect(empty.stdout.contains("there is no index.html"), "\(empty)")
            try await expectPage("two", addresses)

            // A build is run as a user without rights.
            try cluster.write(spec(lab, repository, Self.build))
            try await repository.run(
                "echo 'id -un >index.html; touch /etc/kvmctl-test 2>/dev/null && exit 9; true' >build.sh; push built")
            try await cluster.apply()
            try await expectPage("kvmctl-build", addresses)
            let words = try await ask(addresses[0], "/words.txt").stdout
            #expect(words.wholeMatch(of: /b sh [0-9]+\n/) != nil, "the shell reads what stands there: \(words)")

            // A commit that does not answer as it should is rolled back by itself.
            try cluster.write(
                spec(lab, repository, ", build: ['sh ./build.sh']").replacing(
                    "timeout: 20s", with: "path: /nope, timeout: 3s"))
            try await repository.run("echo 'echo three >index.html' >build.sh; push three")
            let gated = try await cluster.apply(expecting: 1)
            #expect(gated.stdout.contains("status 404"), "\(gated)")
            try await expectPage("kvmctl-build", addresses)

            // A run that is killed while a guest switches: the next one looks at what it left, and goes on.
            try cluster.write(spec(lab, repository, ", build: ['sh ./build.sh']"))
            let killed = try cluster.startApply()
            _ = try await killed.events { _ in killed.outputSoFar.contains("\"leaving\"") }
            try await Task.sleep(for: .milliseconds(500))
            killed.signal(SIGKILL)
            _ = try await killed.output()

            // Brought back by hand, it stays there until the branch moves on; a force-push is said in words.
            try await cluster.apply()
            try await expectPage("three", addresses)
            try await cluster.run("rollback", ["web-1"]).expecting()
            #expect(try await ask(addresses[0]).stdout == "kvmctl-build\n")
            let held = try await cluster.plan("--detailed-exitcode")
            #expect(held.stdout.contains("by hand"), "\(held)")
            // A submodule is the same repository's first commit.
            try await repository.run(
                """
                git reset -q --hard HEAD~1; echo 'echo four >index.html' >build.sh; mkdir part
                git config -f .gitmodules submodule.part.path part; git config -f .gitmodules submodule.part.url ../site.git
                git update-index --add --cacheinfo 160000,\(first),part; push four
                """)
            let forced = try await cluster.plan()
            #expect(forced.stdout.contains("force-push"), "\(forced)")
            try await cluster.apply()
            try await expectPage("four", addresses)
            #expect(try await ask(addresses[0], "/part/index.html").stdout == "one\n")
            #expect(
                try await ask(addresses[0], "/part/passwd", "-o", "/dev/null", "-w", "%{http_code}").stdout == "404")
            try await repository.run("git --git-dir=../site.git update-ref -d refs/heads/main")
            let deleted = try await cluster.plan("--detailed-exitcode", expecting: 6)
            #expect(deleted.stdout.contains("has no branch, tag or commit main any more"), "\(deleted)")
            try await repository.run("git push -q ../site.git HEAD:main")

            try await isServedOverHTTPS(
                lab, cluster, repository, spec(lab, repository, ", build: ['sh ./build.sh']"), addresses)
            try cluster.write(spec(lab, repository, ", build: ['sh ./build.sh']"))
            try await cluster.apply()

            try await takenPortIsNamed(lab, cluster, repository, addresses)

            // A repository that is gone is a note, also where the port changes, and nothing touches user-data.
            try await repository.run("mv ../site.git ../gone.git")
            let gone = try await cluster.plan("--detailed-exitcode", expecting: 7)
            #expect(gone.stdout.contains("cannot be queried"), "\(gone)")
            try cluster.write(spec(lab, repository, ", build: ['sh ./build.sh']").replacing("8080", with: "8081"))
            let port = try await cluster.planned(expecting: 7)
            #expect(Set(port.changes.flatMap(\.fields).map(\.path)) == ["roles.site.port"])
            try await cluster.apply(expecting: 7)
            #expect(try await ask(addresses[1], port: 8081).stdout == "secure\n")
            try await firewallsLetThrough("8081", lab, cluster, addresses)
            try await repository.run("mv ../gone.git ../site.git")
            try await secretsStay(lab, cluster)
            try await wrongPairIsRefused(lab, cluster, addresses)

            // A role that left the spec is cleared away.
            try cluster.write(
                spec(lab, repository).split(separator: "\n").filter {
                    !$0.contains("roles:") && !$0.contains("site:") && !$0.contains("git-web:")
                }.joined(separator: "\n"))
            try await cluster.apply()
            try await cluster.expectConverged()
            let left = try await lab.inGuest(
                "web-2", of: cluster.file, "ls /var/lib/kvmctl-site; systemctl is-active kvmctl-site-site; true")
            #expect(left.stdout.trimmingCharacters(in: .newlines) == "inactive", "\(left)")
        }

        /// A port that another program of the guest has is told by its name; the website stays where it is, also in the firewall.
        private func takenPortIsNamed(
            _ lab: Lab, _ cluster: TestCluster, _ repository: Repository, _ addresses: [String]
        ) async throws {
            let start = ContinuousClock.now
            try cluster.write(spec(lab, repository, ", build: ['sh ./build.sh']").replacing("8080", with: "9099"))
            let taken = try await cluster.apply(expecting: 1)
            #expect(taken.text.contains("port 9099 of the guest is in use by nc"), "\(taken)")
            try await expectPage("secure", addresses)
            try await firewallsLetThrough("8080", lab, cluster, addresses)
            print("a port that is taken: \(ContinuousClock.now - start)")
        }

        /// What must not be served is not, and what must be said is.
        private func isInBounds(_ lab: Lab, _ cluster: TestCluster, _ address: String) async throws {
            let expected = [
                ("/sub/", "200"), ("/inside.html", "200"), ("/passwd", "404"), ("/.git/HEAD", "404"),
                ("/%2egit/HEAD", "404"), ("/.env", "404"), ("/.hidden/f", "404"), ("/..%2f..%2fetc/passwd", "400"),
                ("/sub/..%2f..%2f..%2fetc%2fpasswd", "400"), ("/nope", "404"),
            ]
            for (path, status) in expected {
                let found = try await ask(address, path, "-o", "/dev/null", "-w", "%{http_code}").stdout
                #expect(found == status, "\(path)")
            }
            let headers = try await ask(address, "/", "-I").stdout.lowercased()
            for header in ["x-content-type-options: nosniff", "referrer-policy:", "etag:", "server: nginx\r"] {
                #expect(headers.contains(header), "\(header) in \(headers)")
            }
            let users = try await lab.inGuest(
                "web-1", of: cluster.file, "ps -C nginx -o user:20= | sort -u; ls /tmp/kvmctl-pwned 2>/dev/null; true")
            #expect(users.stdout == "kvmctl-site\n")
            #expect(!FileManager.default.fileExists(atPath: "/tmp/kvmctl-pwned"))
        }

        /// The time that the same takes over ssh: fetch, a folder of its own, a link, a look; one guest after the other.
        private func byHand(_ lab: Lab, _ cluster: TestCluster, _ repository: Repository) async throws -> Duration {
            let prepare = "git clone -q --bare '\(repository.url)' /root/hand.git"
            for name in ["web-1", "web-2"] { _ = try await lab.inGuest(name, of: cluster.file, prepare) }
            let start = ContinuousClock.now
            for name in ["web-1", "web-2"] {
                _ = try await lab.inGuest(
                    name, of: cluster.file,
                    """
                    set -e; cd /root; git --git-dir=hand.git fetch -q '\(repository.url)' main
                    mkdir -p hand.new; git --git-dir=hand.git archive FETCH_HEAD | tar -x -C hand.new
                    ln -sfn hand.new hand; nginx -v 2>/dev/null; curl -s -o /dev/null http://127.0.0.1:8080/
                    """)
            }
            return ContinuousClock.now - start
        }
    }
}
