import Foundation
import Reconciler
import SSH
import Spec
import Testing

@testable import Fleet
@testable import Roles

/// A package's own scripts, its system packages, and what is meant ill.
@Suite("Scripts that packages bring along") struct PackageHooksTests {
    /// Runs apply, which is to give the outputs.
    private func hook(_ guest: PackagedGuest, limit: Int = 20, _ outputs: String...) async throws -> CommandResult {
        try await guest.run(PackageScripts.hook(role: "lb", hook: "apply", limit: "\(limit)", outputs))
    }

    private func wish(_ apply: String, _ hooks: [String: String] = [:]) -> PackageWish {
        var wish = PackageWish.balancer
        wish.hooks = hooks.merging(["apply": apply]) { $1 }
        return wish
    }

    @Test(
        "Apply gets its inputs, and gives outputs of which nobody is told the secret ones",
        arguments: PackagedGuest.shells)
    func outputs(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            let apply = #"""
                #!/bin/sh
                json=$(cat)
                echo "url=http://$KVMCTL_INSTANCE:$(cat "$KVMCTL_INPUTS/listen")/?a=b c" >&3
                echo "join=$json$(cat "$KVMCTL_INPUTS/token")" >&3
                echo other=x >&3
                echo said
                """#
            let declared = "output url plain\noutput join secret\noutput port plain = 80\n"
            try await guest.apply(PackageWish.balancer)
            try await guest.place(wish(apply))
            let done = try await hook(guest, "url", "join")
            #expect(done.status == 0 && done.output == "", "\(done.errorOutput)")
            try await guest.commit(declared)
            let seen = try #require(try await guest.read()?.outputs)
            #expect(seen["url"] == .plain("http://lb-1:80/?a=b c") && seen["port"] == .plain("80") && seen.count == 3)
            guard case .secret(let id) = seen["join"] else { return #expect(Bool(false), "\(seen)") }
            let value = try await guest.succeed(PackageScripts.output(role: "lb", name: "join"))
            #expect(value == #"{"token":"s3cret"}s3cret"# + "\n")
            // A secret that stays has its number; another has another.
            try await guest.place(wish(apply))
            #expect(try await hook(guest, "url", "join").status == 0)
            try await guest.commit(declared)
            #expect(try await guest.read()?.outputs["join"] == .secret(id: id))
            try await guest.place(wish(apply.replacing("join=", with: "join=x")))
            #expect(try await hook(guest, "url", "join").status == 0)
            try await guest.commit(declared)
            #expect(try await guest.read()?.outputs["join"] != .secret(id: id))
            #expect(!guest.calls.contains("s3cret"))
            // What the package may have of a secret when it is not applied is nothing.
            let kept = guest.files(below: "roles/lb").compactMap { guest.text("roles/lb/\($0)") }
            #expect(kept.count { $0.contains("s3cret") } == 1, "only the output itself")
        }
    }

    @Test(
        "What apply says last is told where it fails, says too little, or takes too long",
        arguments: PackagedGuest.shells)
    func failures(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try await guest.apply(PackageWish.balancer)
            try await guest.place(wish("seq 100 | sed 's/^/line /' 2>&1; echo bad >&2; exit 3\n"))
            let failed = try await hook(guest)
            #expect(failed.status == 4 && failed.errorOutput.hasSuffix("bad\napply ended with status 3\n"))
            #expect(failed.errorOutput.split(separator: "\n").count <= 21)
            try await guest.place(wish("echo url=x >&3\n"))
            let missing = try await hook(guest, "url", "join")
            #expect(missing.status == 12 && missing.errorOutput.contains("did not write the output join"))
            try await guest.place(wish("echo begun; sleep 30; echo late >\"$HOME/late\"\n"))
            let late = try await hook(guest, limit: 1)
            #expect(
                late.status == 15 && late.errorOutput == "begun\napply took longer than 1 s\n", "\(late.errorOutput)")
        }
    }

    @Test("Who is drained is known, is drained again after a change, and comes back", arguments: PackagedGuest.shells)
    func drains(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            let note = "echo \"$0 $*\" | sed 's|.*/||' >>'\(guest.path("said/moves"))'\n"
            let balancer = wish("exit 0\n", ["drain": note, "undrain": note])
            try await guest.apply(balancer)
            func move(_ way: String, _ member: String) async throws {
                try await guest.succeed(
                    PackageScripts.move(role: "lb", way: way, member: member, address: "10.0.0.1", port: "80"))
            }
            try await move("drain", "web-1")
            try await move("drain", "web-2")
            #expect(try await guest.read()?.drained == ["web-1", "web-2"])
            try await guest.place(balancer)
            try await guest.commit("member web-1 10.0.0.1 80\n")
            #expect(try await guest.read()?.drained == ["web-1"])
            try await move("undrain", "web-1")
            #expect(try await guest.read()?.drained == [])
            #expect(
                guest.text("said/moves")?.split(separator: "\n").map { $0.prefix { $0 == "d" || $0 == "u" } }
                    .joined() == "dddu", "\(guest.text("said/moves") ?? "")")
        }
    }

    @Test("A check may complain, say nothing readable, or never end", arguments: PackagedGuest.shells)
    func checks(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try await guest.apply(.balancer)
            for (check, complaint) in [
                ("exit 0", nil), ("printf '\\033[2Jbad\\000\\n'; exit 2", "\\u{1b}[2Jbad"),
                ("exit 7", "its check ended with status 7"), ("echo waiting; sleep 60", nil),
                // A machine that was busy answers when it is asked again.
                ("[ ! -e '\(guest.path("said/busy"))' ] || exit 0; : >'\(guest.path("said/busy"))'; sleep 50", nil),
            ] {
                try await guest.place(wish("exit 0", ["check": check + "\n"]))
                try await guest.commit()
                var read = PackageScripts.read()
                for seconds in ["30", "60"] {
                    try #require(read.text.contains("look_by_check \(seconds)"))
                    read.text.replace("look_by_check \(seconds)", with: "look_by_check 3")
                }
                let said = try await guest.succeed(read, PackageWish.balancer.question())
                let seen = try PackageReading.reply(said).roles.first { $0.key.text == "lb" }?.value
                #expect(seen?.complaint == complaint, "\(check)")
                #expect(seen?.hasHungCheck == check.contains("sleep 60"), "\(check)")
            }
        }
    }

    @Test(
        "A package that there is not fails with what was said, in every family",
        arguments: PackagedGuest.Family.allCases)
    func missing(family: PackagedGuest.Family) async throws {
        try await PackagedGuest.with("dash", family) { guest in
            var wish = PackageWish.balancer
            wish.packages = ["missing-one"]
            try await guest.succeed(PackageScripts.begin(role: "lb"), input: wish.payload(for: guest, attempt: nil))
            let failed = try await guest.run(PackageScripts.install(role: "lb", limit: "20", ["missing-one"]))
            #expect(failed.status == 6, "\(failed.errorOutput)")
            #expect(failed.errorOutput.contains("the guest has no missing-one, and it cannot be installed there"))
            #expect(failed.errorOutput.split(separator: "\n").count > 1 && !guest.has("policy/policy-rc.d"))
            _ = try await guest.succeed(PackageScripts.rollBack(role: "lb"), "why\n")
            #expect(try await guest.read()?.failure?.reason == ["why"])
            try await guest.succeed(PackageScripts.remove(role: "lb", limit: "20"))
        }
    }

    @Test("Lists are fetched where they are old; what others need stays; an installation has its limit")
    func apt() async throws {
        try await PackagedGuest.with { guest in
            try guest.write("stale", "")
            try await guest.apply(.balancer)
            #expect(guest.has("said/updated") && guest.calls.contains("--no-install-recommends install -- haproxy"))
            try guest.write("dependent", "")
            let stays = try await guest.succeed(PackageScripts.remove(role: "lb", limit: "20"))
            #expect(stays == "kept haproxy packages, which dependent need\n" && guest.text("packages") == "haproxy\n")
            try guest.write("packages", "")
            try guest.write("slow", "")
            try await guest.succeed(
                PackageScripts.begin(role: "lb"), input: PackageWish.balancer.payload(for: guest, attempt: nil))
            let late = try await guest.run(PackageScripts.install(role: "lb", limit: "1", ["haproxy"]))
            #expect(late.status == 15 && late.errorOutput.contains("took longer than 1 s"), "\(late.errorOutput)")
            #expect(!guest.has("policy/policy-rc.d"))
        }
    }

    @Test("Names and contents that are meant ill are names and contents", arguments: PackagedGuest.shells)
    func hostile(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            let names = ["-rf", "$(touch${IFS}pwned)", "a'b\"c;d&e|f*[g]?~", "%s", "{a,b}", "end", "#x", "`id`", "=1"]
            var wish = PackageWish.balancer
            for (number, name) in names.enumerated() {
                wish.files["etc/odd/\(name)"] = .init(
                    content: Array("end\nfile 0 9 0644\n\0\(number)".utf8), kind: number % 2 == 0 ? .plain : .secret,
                    check: "test -s %s")
            }
            wish.inputs["listen"] = ("-n $(touch pwned)\nend\n", .plain)
            try await guest.apply(wish)
            let seen = try #require(try await guest.read(wish))
            #expect(seen.files.count == names.count + 2 && seen.files.values.allSatisfy(\.isEmpty), "\(seen.files)")
            for name in names { try guest.write("etc/odd/\(name)", "edited") }
            let edited = try await guest.read(wish)?.files.filter { $0.value == [.edited] }
            #expect(edited?.count == names.count)
            try await guest.place(wish)
            _ = try await guest.succeed(PackageScripts.rollBack(role: "lb"), "")
            for name in names { #expect(guest.text("etc/odd/\(name)") == "edited") }
            try await guest.apply(wish)
            try await guest.succeed(PackageScripts.remove(role: "lb", limit: "20"))
            #expect(guest.files(below: "etc/odd") == [] && !guest.files(below: "").contains { $0.hasSuffix("pwned") })
        }
    }

    @Test(
        "Nothing is put where a link or a folder is in the way, and nothing else changed",
        arguments: PackagedGuest.shells)
    func inTheWay(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.write("elsewhere/a", "theirs\n")
            try FileManager.default.createSymbolicLink(
                atPath: guest.path("etc/link"), withDestinationPath: guest.path("elsewhere"))
            try FileManager.default.createDirectory(
                atPath: guest.path("etc/folder"), withIntermediateDirectories: true)
            for (path, words) in [("etc/link/a", "is a link to"), ("etc/folder", "is a folder")] {
                var wish = PackageWish.balancer
                wish.files[path] = .init(content: [])
                let refused = try await guest.run(
                    PackageScripts.place(role: "lb", from: "stdin"),
                    input: wish.payload(for: guest, attempt: guest.nextAttempt, isBeginning: true))
                #expect(refused.status == 3 && refused.errorOutput.contains(words), "\(refused.errorOutput)")
                #expect(guest.files(below: "elsewhere") == ["a"] && !guest.has("etc/haproxy.cfg"))
                _ = try await guest.succeed(PackageScripts.rollBack(role: "lb"), "")
            }
            var wish = PackageWish.balancer
            wish.files["etc/haproxy.cfg"]?.check = "grep -q nothing %s || { echo 'line 1 is bad' >&2; exit 1; } # %s"
            let bad = try await guest.run(
                PackageScripts.place(role: "lb", from: "stdin"),
                input: wish.payload(for: guest, attempt: guest.nextAttempt, isBeginning: true))
            #expect(bad.status == 14 && bad.errorOutput.hasPrefix("line 1 is bad\nthe new "), "\(bad.errorOutput)")
            #expect(!guest.has("etc/haproxy.cfg"))
        }
    }

    @Test("A service that does not start is named, and is as before after going back", arguments: PackagedGuest.shells)
    func doesNotStart(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try await guest.apply(.balancer)
            var bad = PackageWish.balancer
            bad.target = String(repeating: "b", count: 64)
            bad.files["etc/haproxy.cfg"]?.content = Array("bad\n".utf8)
            try guest.write("units/haproxy.service.broken", "")
            let failed = try await guest.run(
                PackageScripts.place(role: "lb", from: "stdin"),
                input: bad.payload(for: guest, attempt: guest.nextAttempt, isBeginning: true))
            #expect(failed.status == 5 && failed.errorOutput.contains("haproxy.service does not start"))
            // Not even with the files of before: that is said, and what follows may mend it.
            let stopped = try await guest.run(PackageScripts.rollBack(role: "lb"), input: Array("why\n".utf8))
            let words = "haproxy.service does not start\nnot running as before: haproxy.service\n"
            #expect(stopped.status == 1 && stopped.errorOutput == words, "\(stopped.errorOutput)")
            #expect(guest.text("etc/haproxy.cfg") == "listen 80\n")
            let seen = try #require(try await guest.read())
            #expect(seen.trying == nil && seen.failure?.reason == ["why"])
            #expect(seen.services["haproxy.service"]?.active == "inactive")
            try guest.remove("units/haproxy.service.broken")
            try await guest.apply(.balancer)
            #expect(guest.has("units/haproxy.service.active"))
        }
    }
}
