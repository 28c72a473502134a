import Foundation
import Reconciler
import Spec
import TestNames
import TestTools
import Testing

@testable import Fleet
@testable import Roles

/// Switching, going back and building, in a folder that is taken for a guest, with the real nginx.
@Suite("Serving in guests", .serialized) struct SiteServingTests {
    private static let first = String(repeating: "a", count: 40)
    private static let second = String(repeating: "b", count: 40)

    private func configuration(_ guest: ScriptedGuest, secure: Bool = false) throws -> SiteConfiguration {
        var site = GitWebRole(repo: "https://example.org/site.git")
        site.port = guest.port
        if secure { site.tls = .init(certificate: .file("a"), key: .file("b")) }
        return SiteConfiguration(role: try #require(Name("site")), site: site)
    }

    /// Switches, and gives what has to be answered then.
    private func activate(_ guest: ScriptedGuest, _ release: String, secure: Bool = false) async throws -> (
        status: Int32, output: String, proof: ServerProof?
    ) {
        let configuration = try configuration(guest, secure: secure)
        try guest.makeRelease(release)
        let said = try await guest.run(
            SiteScripts.activate(
                role: "site", release: release, nginx: guest.adapted(configuration), service: configuration.unit,
                state: "port \(guest.port)\n", port: "\(guest.port)"))
        return (said.status, said.output, try? SiteGuest.proof(of: release, said.output))
    }

    /// Makes a certificate and a key beside those in use.
    private func offer(_ guest: ScriptedGuest, certificate: String, key: String) async throws {
        for name in Set([certificate, key]) where !FileManager.default.fileExists(atPath: "\(guest.folder)/\(name).crt")
        {
            let made = try await guest.run(
                """
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$2" \
                    -keyout "$1/$2.key" -out "$1/$2.crt"
                """, [guest.folder, name])
            try #require(made.status == 0, "\(made.output)")
        }
        try await guest.run(
            "cp \"$1/$2.crt\" \"$4/private/tls.crt.new\"; cp \"$1/$3.key\" \"$4/private/tls.key.new\"",
            [guest.folder, certificate, key, guest.base])
    }

    @Test(
        "A release proves that it is what the port answers with, and so does the one after it",
        arguments: Script.shells)
    func proof(shell: String) async throws {
        try await ScriptedGuest.with(shell) { guest in
            let one = try await activate(guest, Self.first)
            #expect(one.status == 0, "\(one.output)")
            let proof = try #require(one.proof, "\(one.output)")
            #expect(try await guest.complaint(proof) == nil)
            #expect(try await guest.run(SiteScripts.prune(role: "site", keep: "3")).status == 0)
            let two = try await activate(guest, Self.second)
            #expect(two.proof?.path == proof.path && two.proof?.answer != proof.answer)
            #expect(try await guest.complaint(two.proof) == nil)
            #expect(try await guest.complaint(proof)?.contains("another server") == true)
            // What is read later is the same, and the file is no page.
            let read = SiteReading.sites(try await guest.run(SiteScripts.read()).output)
            #expect(read[try #require(Name("site"))]?.proof == two.proof)
            let said = try await guest.run(
                HealthScripts.ask(
                    ["http://127.0.0.1:\(guest.port)/.kvmctl", "", "http://127.0.0.1:\(guest.port)/", ""]))
            #expect(HealthAnswer.read(said.output) == [0: .init(status: "404"), 1: .init(status: "200")])
            #expect(try await guest.run(SiteScripts.giveBack(role: "site", begun: "")).status == 0)
            #expect(try await guest.complaint(proof) == nil)
        }
    }

    @Test("What an installation says goes to a file that nobody can name before, and that is gone afterwards")
    func installing() async throws {
        try await ScriptedGuest.with { guest in
            for name in ["useradd", "usermod"] { try guest.write("bin/\(name)", "#!/bin/sh\nexit 0\n") }
            try guest.write(
                "bin/apt-get",
                """
                #!/bin/sh
                top=${0%/bin/*}
                echo "$(readlink /proc/$$/fd/1) $(stat -L -c %a /proc/$$/fd/1)" >>"$top/logs"
                [ -f "$top/offline" ] && { echo 'no such package'; exit 1; }
                case $* in *install*) printf '#!/bin/sh\n' >"$top/nginx"; chmod 0755 "$top/nginx" ;; esac
                """)
            var script = SiteScripts.prepare(role: "site")
            script.text.replace("/usr/sbin/nginx", with: "\(guest.folder)/nginx")
            for _ in 1...2 {
                let said = try await guest.run(script)
                #expect(said.status == 0, "\(said.output)")
                for left in ["nginx", "site/site/private/prepared"] {
                    try FileManager.default.removeItem(atPath: "\(guest.folder)/\(left)")
                }
            }
            try guest.write("offline", "")
            let said = try await guest.run(script)
            #expect(said.status == 3 && said.output.contains("no such package"), "\(said.output)")
            let logs = try String(contentsOfFile: "\(guest.folder)/logs", encoding: .utf8).split(separator: "\n")
            let names = Set(logs.compactMap { $0.split(separator: " ").first.map(String.init) })
            #expect(logs.allSatisfy { $0.hasSuffix(" 600") } && names.count == 3, "\(logs)")
            #expect(names.allSatisfy { !FileManager.default.fileExists(atPath: $0) })
        }
    }

    @Test("What is verified stays, whatever asks to go back", arguments: Script.shells)
    func provedStays(shell: String) async throws {
        try await ScriptedGuest.with(shell) { guest in
            let one = try await activate(guest, Self.first)
            #expect(try await guest.complaint(one.proof) == nil)
            #expect(try await guest.run(SiteScripts.prune(role: "site", keep: "3")).status == 0)
            #expect(try await guest.run(SiteScripts.giveBack(role: "site", begun: "")).status == 0)
            #expect(guest.has("current") && guest.has("state"))
            #expect(try await guest.complaint(one.proof) == nil)
        }
    }

    @Test(
        "A certificate that another key belongs to changes nothing, and the website outlives its restart",
        arguments: Script.shells)
    func wrongKey(shell: String) async throws {
        try await ScriptedGuest.with(shell) { guest in
            try await offer(guest, certificate: "one", key: "one")
            let one = try await activate(guest, Self.first, secure: true)
            #expect(one.status == 0, "\(one.output)")
            #expect(try await guest.complaint(one.proof, over: "https") == nil)
            #expect(try await guest.run(SiteScripts.prune(role: "site", keep: "3")).status == 0)
            let before = try guest.text("nginx.conf")

            try await offer(guest, certificate: "two", key: "one")
            let bad = try await activate(guest, Self.second, secure: true)
            #expect(bad.status == SiteScripts.badConfiguration, "\(bad.output)")
            #expect(bad.output.contains("key values mismatch"), "\(bad.output)")
            #expect(try guest.text("nginx.conf") == before && !guest.has("unproven"))
            let folders = try FileManager.default.contentsOfDirectory(atPath: "\(guest.base)/private")
            #expect(folders.count { $0.hasPrefix("tls") } == 1 && !folders.contains("trial"), "\(folders)")
            try await guest.run(Script("PATH=/usr/bin:/bin; systemctl restart kvmctl-site-site.service"))
            #expect(try await guest.complaint(one.proof, over: "https") == nil)
        }
    }

    @Test("Going back gives the certificate back with the page, and what is proved forgets the other key")
    func certificatesGoBack() async throws {
        try await ScriptedGuest.with { guest in
            for name in ["one", "two"] {
                try await offer(guest, certificate: name, key: name)
                let switched = try await activate(guest, name == "one" ? Self.first : Self.second, secure: true)
                #expect(switched.status == 0, "\(switched.output)")
                #expect(try await guest.complaint(switched.proof, over: "https") == nil)
                if name == "one" {
                    #expect(try await guest.run(SiteScripts.prune(role: "site", keep: "3")).status == 0)
                }
            }
            func subject() async throws -> String {
                try await guest.run(
                    "openssl s_client -connect 127.0.0.1:\(guest.port) </dev/null 2>&1 | grep ^subject", []
                )
                .output
            }
            // nginx's old workers take connections until its new ones run, and a moment longer.
            func isServed(_ name: String) async throws -> Bool {
                for _ in 0..<50 {
                    if try await subject().contains(name) { return true }
                    try await Task.sleep(for: .milliseconds(100))
                }
                return false
            }
            #expect(try await isServed("two"))
            #expect(try await guest.run(SiteScripts.giveBack(role: "site", begun: "")).status == 0)
            let proof = SiteReading.sites(try await guest.run(SiteScripts.read()).output)[try #require(Name("site"))]?
                .proof
            #expect(try await guest.complaint(proof, over: "https") == nil)
            #expect(try await isServed("one"))
            #expect(try await guest.run(SiteScripts.prune(role: "site", keep: "3")).status == 0)
            let folders = try FileManager.default.contentsOfDirectory(atPath: "\(guest.base)/private")
            #expect(folders.count { $0.hasPrefix("tls") } == 1, "\(folders)")
        }
    }

    @Test("A port that another program has is named, and nothing is switched", arguments: Script.shells)
    func portTaken(shell: String) async throws {
        try await ScriptedGuest.with(shell) { guest in
            try await ScriptedGuest.with { other in
                // Something that answers everything, as many servers of applications do.
                try other.write(
                    "other.conf",
                    """
                    daemon off; pid \(other.folder)/run/kvmctl-site-site/nginx.pid; error_log stderr; events {}
                    http { access_log off; server { listen \(guest.port); return 200 "fine"; } }
                    """)
                try await other.run(
                    "\"$1/bin/daemon\" nginx -c \"$1/other.conf\"",
                    [other.folder])
                #expect(try await guest.complaint(nil) == nil)
                #expect(
                    try await guest.complaint(ServerProof(path: "/.kvmctl/x", answer: "00"))?.contains("another server")
                        == true)
                let taken = try await activate(guest, Self.first)
                #expect(taken.status == SiteScripts.portTaken)
                #expect(taken.output.contains("port \(guest.port) of the guest is in use by nginx"), "\(taken.output)")
                #expect(!guest.has("current") && !guest.has("nginx.conf") && !guest.has("unproven"))
                #expect(
                    try await guest.run(SiteScripts.prune(role: "site", keep: "3")).status == SiteScripts.notRunning)
            }
        }
    }

    @Test("A guest without IPv6 is not told to listen there")
    func withoutIPv6() async throws {
        try await ScriptedGuest.with { guest in
            let configuration = try configuration(guest)
            try guest.makeRelease(Self.first)
            var script = SiteScripts.activate(
                role: "site", release: Self.first, nginx: guest.adapted(configuration), service: configuration.unit,
                state: "", port: "\(guest.port)")
            script.text.replace("/proc/net/if_inet6", with: "/proc/net/none")
            let said = try await guest.run(script)
            #expect(said.status == 0, "\(said.output)")
            #expect(try !guest.text("nginx.conf").contains("[::]"))
            #expect(try await guest.complaint(try SiteGuest.proof(of: Self.first, said.output)) == nil)
        }
    }

    @Test(
        "The shell gets a build's commands as they are written, not as systemd would read them",
        arguments: Script.shells)
    func build(shell: String) async throws {
        try await ScriptedGuest.with(shell) { guest in
            let made = try await guest.run(
                """
                set -e; git init -q --bare "$2/repo.git"; git init -q "$1/work"; cd "$1/work"
                echo page >index.html; git add -A
                git -c user.name=t -c user.email=t@localhost commit -q -m x
                hash=$(git rev-parse HEAD); git update-ref "refs/kvmctl/$hash" "$hash"
                git bundle create -q "$2/private/incoming" "refs/kvmctl/$hash"
                echo "$hash"
                """, [guest.folder, guest.base])
            let hash = made.output.split(separator: "\n").last.map(String.init) ?? ""
            try #require(made.status == 0 && hash.count == 40, "\(made.output)")
            let commands = [
                #"word=a; for x in b c; do word=$word${x}; done; echo "$word ${HOME:+home} 100%" >index.html"#,
                #"[ "$$" -gt 1 ] && echo "$$" | grep -q '^[0-9]*$' && echo number >>index.html"#,
                "cat >>index.html <<'END'\n'${x}' \"$$\"\nEND",
            ]
            let said = try await guest.run(
                SiteScripts.release(
                    role: "site", commit: hash, name: hash, path: ".", limit: "60", parts: "0", commands))
            #expect(said.status == 0, "\(said.output)")
            #expect(
                try guest.text("releases/\(hash)/index.html") == "abc home 100%\nnumber\n'${x}' \"$$\"\n")
            #expect(!guest.has("command"))
            let missing = try await guest.run(
                SiteScripts.release(
                    role: "site", commit: hash, name: "other", path: "public", limit: "60", parts: "0", []))
            #expect(missing.status == 5 && missing.output.contains("there is no folder public"), "\(missing.output)")
        }
    }

    /// Switches as a step does.
    private func deploy(_ guest: ScriptedGuest, _ commit: String, before previous: String?) async throws {
        var site = GitWebRole(repo: "https://example.org/site.git")
        site.port = guest.port
        let deployment = SiteDeployment(
            site: site, commit: commit, subject: "x", previous: previous, certificate: "", isAfterBoot: false)
        let role = try #require(Name("site"))
        try guest.makeRelease(commit)
        _ = try await SiteGuest(role: role, name: "web", channel: try guest.way()).activate(
            commit, of: deployment, SiteConfiguration(role: role, site: site), before: previous)
    }

    @Test("A switch that fails halfway is rolled back", arguments: Script.shells)
    func halfway(shell: String) async throws {
        try await ScriptedGuest.with(shell) { guest in
            let one = try await activate(guest, Self.first)
            #expect(try await guest.complaint(one.proof) == nil)
            #expect(try await guest.run(SiteScripts.prune(role: "site", keep: "3")).status == 0)
            // The link leads to the new release by the time that the state is written.
            try FileManager.default.createDirectory(
                atPath: "\(guest.base)/state.new", withIntermediateDirectories: true)
            let error = await #expect(throws: StepError.self) {
                try await deploy(guest, Self.second, before: Self.first)
            }
            #expect(error?.causes.last == "it serves aaaaaaa again", "\(String(describing: error))")
            #expect(error?.causes.first?.contains("state.new") == true, "\(String(describing: error))")
            #expect(try await guest.complaint(one.proof) == nil)
            #expect(!guest.has("unproven"))
            try FileManager.default.removeItem(atPath: "\(guest.base)/state.new")
            try await deploy(guest, Self.second, before: Self.first)
            #expect(try await guest.complaint(one.proof)?.contains("another server") == true)
        }
    }

    @Test("A switch that never began leaves what was gone back to by hand", arguments: Script.shells)
    func neverBegan(shell: String) async throws {
        try await ScriptedGuest.with(shell) { guest in
            let one = try await activate(guest, Self.first)
            #expect(try await guest.run(SiteScripts.prune(role: "site", keep: "3")).status == 0)
            let two = try await activate(guest, Self.second)
            #expect(try await guest.complaint(two.proof) == nil)
            #expect(try await guest.run(SiteScripts.prune(role: "site", keep: "3")).status == 0)
            #expect(try await guest.run(SiteScripts.rollBack(role: "site", wanted: "aaaaaaa")).status == 0)
            #expect(try await guest.complaint(one.proof) == nil)
            try FileManager.default.createDirectory(
                atPath: "\(guest.base)/private/nginx.conf.new.part", withIntermediateDirectories: true)
            await #expect(throws: StepError.self) { try await deploy(guest, Self.second, before: Self.first) }
            #expect(try await guest.complaint(one.proof) == nil)
            #expect(guest.has("held"))
        }
    }

    @Test("A full disk lets the previous commit be served again", arguments: Script.shells)
    func fullDisk(shell: String) async throws {
        try await ScriptedGuest.with(shell) { guest in
            let one = try await activate(guest, Self.first)
            #expect(try await guest.complaint(one.proof) == nil)
            #expect(try await guest.run(SiteScripts.prune(role: "site", keep: "3")).status == 0)
            let two = try await activate(guest, Self.second)
            #expect(try await guest.complaint(two.proof) == nil)
            let configuration = try guest.text("before.nginx.conf")
            // No file may grow, as on a disk without room.
            var script = SiteScripts.giveBack(role: "site", begun: "begun")
            script.text = "trap '' XFSZ; ulimit -f 0\n" + script.text
            let said = try await guest.run(script)
            #expect(said.status == 0, "\(said.output)")
            #expect(try await guest.complaint(one.proof) == nil)
            #expect(try guest.text("nginx.conf") == configuration)
        }
    }

    @Test("A server that stopped after it had answered is told as such")
    func stopped() async throws {
        try await ScriptedGuest.with { guest in
            let error = await #expect(throws: StepError.self) {
                try await SiteGuest(role: name("site"), name: "web", channel: try guest.way()).removeOldCommits(
                    keeping: 3)
            }
            #expect(error?.causes == ["kvmctl-site-site.service is not running"])
            #expect(error?.remedy?.contains("nothing is served") == true)
        }
    }
}
