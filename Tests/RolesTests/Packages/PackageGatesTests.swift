import Foundation
import Reconciler
import SSH
import Spec
import TestNames
import TestPrograms
import TestTools
import Testing

@testable import Fleet
@testable import Roles

/// How a guest is waited for, asked and read where something in it hangs, is held by others, or is too much.
@Suite("Waiting for packages in guests") struct PackageGatesTests {
    /// The same with another text in it, such as a shorter patience.
    private func script(_ script: Script, _ old: String, _ new: String) throws -> Script {
        try #require(script.text.contains(old))
        return Script(script.text.replacing(old, with: new), script.arguments)
    }

    @Test("What a health command leaves behind is not waited for", arguments: PackagedGuest.shells)
    func leftBehind(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try await guest.apply(.balancer)
            // It ends with the test: who waits for it waits for ever.
            let child = "(while [ -d '\(guest.path("run"))' ]; do sleep 1; done) &"
            for (text, said) in [
                ("\(child) exit 0\n", ["health 0 \n"]), ("echo bad; \(child) exit 3\n", ["health 3 bad\n"]),
                ("echo waiting; sleep 60\n", ["health 124 waiting\n", "health 143 waiting\n"]),
            ] {
                var wish = PackageWish.balancer
                wish.hooks = ["health": text]
                try await guest.place(wish)
                let found = try await guest.succeed(PackageScripts.ask(role: "lb", which: "attempt", limit: "2"))
                #expect(said.contains { found.hasPrefix($0) }, "\(found)")
                #expect(found.contains("\nmain haproxy.service active 100 running "), "\(found)")
                try await guest.commit()
            }
            #expect(guest.files(below: "run").filter { $0.contains("said") } == [])
        }
    }

    @Test(
        "All waits of an attempt share one patience, and nothing begins beside what still runs",
        arguments: PackagedGuest.shells)
    func patience(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.write("units/kvmctl-role-lb.service.active", "")
            let begin = try script(PackageScripts.begin(role: "lb"), "+ 900", "+ 3")
            let result = try await guest.run(begin, input: PackageWish.balancer.payload(for: guest, attempt: nil))
            #expect(result.status == 10 && result.errorOutput.contains("still at work"), "\(result.errorOutput)")
            #expect(!guest.has("roles/lb/trying"))
            try guest.write("roles/lb/attempt", "1\n")
            let remove = try script(PackageScripts.remove(role: "lb", limit: "20"), "+ 900", "+ 1")
            #expect(try await guest.run(remove).status == 10 && guest.has("roles/lb/attempt"))
            // A first boot has what is left of it, and is not the reason to give up.
            try guest.remove("units/kvmctl-role-lb.service.active")
            try guest.write("run/cloud-init/enabled", "")
            let begun = try await guest.run(begin, input: PackageWish.balancer.payload(for: guest, attempt: nil))
            #expect(begun.status == 0, "\(begun.errorOutput)")
        }
    }

    @Test(
        "What does not fit into a reply is asked for role by role, and nothing cut is believed",
        arguments: PackagedGuest.shells)
    func parts(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try await guest.apply(.balancer)
            let long = String(repeating: "x", count: 600_000)
            for role in ["big-1", "big-2"] {
                try guest.write("roles/\(role)/attempt", "1\n")
                try guest.write("roles/\(role)/current/state", "package p\n")
                try guest.write("roles/\(role)/current/inputs", long + "\n")
            }
            let whole = try await guest.succeed(PackageScripts.read(), PackageWish.balancer.question())
            #expect(whole == "family debian\nrole big-1\nrole big-2\nrole lb\nparts\n")
            let alone = try await guest.succeed(PackageScripts.read(), PackageQuestion.alone(name("lb")))
            let reply = try PackageReading.reply(alone)
            #expect(reply.roles.keys.map(\.text) == ["lb"] && reply.roles[name("lb")]?.packages == ["haproxy": true])
            let runner = GuestScriptRunner(name: "lb-1", channel: try guest.channel())
            let roles = try await PackageGuest.read(
                runner, question: PackageWish.balancer.question()
            ).roles
            #expect(roles.keys.map(\.text).sorted() == ["big-1", "big-2", "lb"])
            #expect(roles[name("lb")]?.secrets == ["token": true] && roles[name("big-1")]?.package?.text == "p")
            try guest.write("roles/big-1/current/inputs", long + long + "\n")
            let cut = try await guest.succeed(PackageScripts.read(), PackageQuestion.alone(name("big-1")))
            #expect(throws: StepProblem.self) { try PackageReading.reply(cut) }
        }
    }

    @Test("Checks run side by side, so that those that never end do not add up", arguments: PackagedGuest.shells)
    func checks(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            var wish = PackageWish.balancer
            // Each waits for all the others.
            let folder = guest.path("said/checks")
            wish.hooks = [
                "check":
                    "mkdir -p '\(folder)/'$KVMCTL_ROLE; until [ $(ls '\(folder)' | wc -l) = 4 ]; do sleep 1; done\n"
                    + "echo \"$KVMCTL_ROLE complains\"; exit 1\n"
            ]
            try await guest.apply(wish)
            for number in 1...3 {
                try await guest.run(Script("cp -a \"$1/lb\" \"$1/lb-$2\"", [guest.path("roles"), "\(number)"]))
            }
            let read = try script(PackageScripts.read(), "look_by_check 30", "look_by_check 60")
            let reply = try PackageReading.reply(try await guest.succeed(read, wish.question()))
            #expect(reply.roles.count == 4)
            #expect(reply.roles.allSatisfy { $0.value.complaint == "\($0.key) complains" }, "\(reply.roles)")
        }
    }

    @Test("Apt's lists are waited for where others have them", arguments: PackagedGuest.shells)
    func lists(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.write("stale", "")
            try guest.write("apt/lists/lock", "")
            let holder = Task { try await guest.run(Script("flock \"$1\" sleep 7", [guest.path("apt/lists/lock")])) }
            try await Task.sleep(for: .seconds(1))
            let install = try script(PackageScripts.install(role: "lb", limit: "60", ["haproxy"]), "sleep 5", "sleep 1")
            let result = try await guest.run(install)
            #expect(result.status == 0 && guest.text("packages") == "haproxy\n", "\(result.errorOutput)")
            _ = try await holder.value
        }
    }

    @Test("An installation that others keep from being done, or a full disk, is no reason not to try again")
    func passing() async throws {
        try await PackagedGuest.with { guest in
            try guest.write("full", "")
            let full = try await guest.run(PackageScripts.install(role: "lb", limit: "60", ["haproxy"]))
            #expect(full.status == 7 && full.errorOutput.contains("could not be installed there now"))
            #expect(full.errorOutput.contains("No space left") && !guest.has("policy/policy-rc.d"))
            let never = try await guest.run(PackageScripts.install(role: "lb", limit: "60", ["missing-one"]))
            #expect(never.status == 6)
        }
    }

    @Test("What apply makes as a secret stands in nobody's words", arguments: PackagedGuest.shells)
    func hidden(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try await guest.apply(.balancer)
            var wish = PackageWish.balancer
            wish.hooks = [
                "apply": "echo 'join=T0ken*[a]' >&3; echo 'more=T0ken*[a]\\1&' >&3; echo 'url=seen' >&3\n"
                    + "echo 'join: T0ken*[a]T0ken*[a] more: T0ken*[a]\\1& url: seen'; exit 3\n",
                "health": "echo 'refused T0ken*[a]'; exit 1\n",
            ]
            wish.hidden = ["join", "more"]
            try await guest.place(wish)
            let failed = try await guest.run(PackageScripts.hook(role: "lb", hook: "apply", limit: "20", []))
            #expect(
                failed.errorOutput == "join: •••••• more: ••• url: seen\napply ended with status 3\n",
                "\(failed.errorOutput)")
            let asked = try await guest.succeed(PackageScripts.ask(role: "lb", which: "attempt", limit: "5"))
            #expect(asked.hasPrefix("health 1 refused •••\n"), "\(asked)")
        }
    }

    @Test("Packages of which nothing can be read are unknown, and none", arguments: PackagedGuest.Family.allCases)
    func unreadable(family: PackagedGuest.Family) async throws {
        try await PackagedGuest.with("dash", family) { guest in
            try await guest.apply(.balancer)
            #expect(guest.text("roles/lb/installed") == "haproxy\n" && !guest.has("roles/lb/installing"))
            try guest.write("unreadable", "")
            // Newer than the role is.
            for path in ["database/status", "database/rpm/rpmdb.sqlite"] { try guest.write(path, "new") }
            let seen = try #require(try await guest.read())
            #expect(seen.hasUnreadPackages && seen.packages == [:])
            #expect(throws: StepProblem.self) { try PackageGuest.checkPackages(of: seen) }
            let install = try await guest.run(PackageScripts.install(role: "lb", limit: "60", ["haproxy", "socat"]))
            #expect(install.status == 7 && install.errorOutput.contains("record of its packages cannot be read"))
            #expect(guest.text("packages") == "haproxy\n" && guest.text("roles/lb/installed") == "haproxy\n")
            let said = try await guest.succeed(PackageScripts.remove(role: "lb", limit: "60"))
            #expect(said.contains("kept haproxy packages, since the guest's record of its packages cannot be read"))
            #expect(guest.text("packages") == "haproxy\n")
        }
    }

    @Test("What could not be installed is no package of the role", arguments: PackagedGuest.Family.allCases)
    func failedPackage(family: PackagedGuest.Family) async throws {
        try await PackagedGuest.with("dash", family) { guest in
            let failed = try await guest.run(PackageScripts.install(role: "lb", limit: "60", ["missing-one"]))
            #expect(failed.status == 6 && !guest.has("roles/lb/installed") && !guest.has("roles/lb/installing"))
            // A killed run leaves what it was about to install; of that, what has come is the role's.
            try guest.write("roles/lb/installing", "socat\nmissing-one\n")
            try guest.write("packages", "socat\n")
            try await guest.succeed(PackageScripts.install(role: "lb", limit: "60", ["socat"]))
            #expect(guest.text("roles/lb/installed") == "socat\n" && !guest.has("roles/lb/installing"))
        }
    }

    @Test("A secret that a role made is in no complaint of its check or health", arguments: PackagedGuest.shells)
    func kept(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            var wish = PackageWish.balancer
            wish.hooks = [
                "apply": "echo 'join=T0ken*' >&3\n", "check": "echo 'no T0ken*'; exit 1\n",
                "health": "[ -e '\(guest.path("well"))' ] || { echo 'refused T0ken*'; exit 1; }\n",
            ]
            wish.hidden = ["join"]
            wish.services = []
            try await guest.place(wish)
            try guest.write("well", "")
            try await guest.succeed(PackageScripts.hook(role: "lb", hook: "apply", limit: "20", ["join"]))
            try await guest.succeed(PackageScripts.commit(role: "lb"), "output join secret\n")
            try guest.remove("well")
            #expect(try await guest.read()?.complaint == "no •••")
            let asked = try await guest.succeed(PackageScripts.ask(role: "lb", which: "current", limit: "5"))
            #expect(asked.hasPrefix("health 1 refused •••\n"), "\(asked)")
        }
    }

    @Test("RPM's own records are read again where one of its files is newer than a role")
    func rpm() async throws {
        try await PackagedGuest.with("dash", .rhel) { guest in
            try await guest.apply(.balancer)
            try guest.write("packages", "")
            // The folder keeps its time where its file is written in place.
            #expect(try await guest.read()?.packages == ["haproxy": true])
            try guest.write("database/rpm/rpmdb.sqlite", "new")
            let old = Date(timeIntervalSince1970: 1_000_000)
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: guest.path("database/rpm"))
            #expect(try await guest.read()?.packages == ["haproxy": false])
        }
    }

    @Test("A port is open where firewalld's own zone lets it through, and not where another does")
    func zones() async throws {
        try await PackagedGuest.with("dash", .rhel) { guest in
            try await guest.apply(.balancer)
            try guest.write("units/firewalld.service.active", "")
            let port = "<zone><port port=\"80\" protocol=\"tcp\"/></zone>\n"
            try guest.write("etc/firewalld/zones/internal.xml", port)
            #expect(try await guest.read()?.ports == ["80/tcp": "firewalld"])
            try guest.write("etc/firewalld/firewalld.conf", "# x\nDefaultZone=internal\n")
            #expect(try await guest.read()?.ports == ["80/tcp": nil])
            try guest.write("etc/firewalld/zones/public.xml", port)
            try guest.write("etc/firewalld/firewalld.conf", "")
            #expect(try await guest.read()?.ports == ["80/tcp": nil])
        }
    }

    @Test(
        "A port is tried with whatever nc a guest has",
        arguments: [
            // Of OpenBSD, and of Nmap: they look and go.
            (
                "case \"$*\" in *-h*) echo 'usage: nc [-46CDdFhklNnrStUuvZz]' >&2 ;; -z*) exit 0 ;; *) sleep 30 ;; esac",
                true
            ),
            ("case \"$*\" in *-h*) echo '  -z  Zero-I/O mode' ;; -z*) exit 1 ;; *) sleep 30 ;; esac", false),
            // BusyBox waits until the other side hangs up.
            ("case \"$*\" in *-h*) echo 'Usage: nc [-iN] [-wN] [-l] [-p PORT]' >&2 ;; *) sleep 30 ;; esac", true),
            ("case \"$*\" in *-h*) echo 'Usage: nc [-iN] [-wN] [-l]' >&2 ;; *) exit 1 ;; esac", false),
        ])
    func listens(nc: String, isOpen: Bool) async throws {
        // BusyBox has one of its own, which goes before programs.
        for shell in PackagedGuest.shells where !shell.hasPrefix("busybox") {
            try await PackagedGuest.with(shell) { guest in
                try guest.write("tools/nc", "#!/bin/sh\n\(nc)\n")
                try makeExecutable(guest.path("tools/nc"))
                let asked = try script(
                    HealthScripts.listens(host: "10.0.0.1", port: "80"), "PATH=/usr/local/bin:/usr/bin:/bin",
                    "PATH=\(guest.path("tools"))")
                let result = try await guest.run(asked)
                #expect(result.output == (isOpen ? "open\n" : ""), "\(shell): \(result.errorOutput)")
            }
        }
    }
}

@Suite("Services that an attempt started") struct ServiceStartTests {
    private typealias Look = (state: String, pid: Int, substate: String)

    /// What comes of looks in turn: how many it took, or why it failed.
    private func judge(_ looks: [Look], looksTwice: Bool = true) -> String {
        var start = ServiceStart()
        for (number, look) in looks.enumerated() {
            let seen = ["a.service": PackageGuest.Running(state: look.state, pid: look.pid, substate: look.substate)]
            do throws(PackageFailure) {
                if try !start.isAwaited(seen, looksTwice: looksTwice) { return "\(number + 1)" }
            } catch { return error.words }
        }
        return "awaited"
    }

    @Test("Only what is active, and stays what it is, has started")
    func looks() {
        let runs: Look = ("active", 7, "running")
        #expect(judge([runs, runs]) == "2")
        #expect(judge([runs], looksTwice: false) == "1")
        #expect(judge([("active", 0, "exited"), ("active", 0, "exited")]) == "2")
        #expect(judge([("reloading", 7, "reload"), runs]) == "2")
        #expect(judge([("failed", 0, "failed")]) == "a.service is failed")
        #expect(judge([runs, ("inactive", 0, "dead")]) == "a.service is inactive")
        #expect(judge([runs, ("active", 8, "running")]) == "a.service ended and was started again")
        // A crash loop whose pauses are longer than what is waited.
        let pause: Look = ("activating", 0, "auto-restart")
        #expect(judge([pause]) == "a.service ended and is about to be started again")
        #expect(judge([runs, pause]) == "a.service ended and was started again")
        // One that says itself when it is ready may take a while.
        let start: Look = ("activating", 7, "start")
        #expect(judge([start, start, runs, runs]) == "4")
        #expect(judge([start, start], looksTwice: false) == "awaited")
        #expect(judge(Array(repeating: start, count: 20)) == "a.service is still activating after 28 s")
        #expect(
            judge([("activating", 0, ""), ("active", 9, ""), ("active", 10, "")])
                == "a.service ended and was started again")
    }
}
