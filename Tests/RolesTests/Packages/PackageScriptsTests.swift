import Foundation
import SSH
import Spec
import Testing

@testable import Fleet
@testable import Roles

/// The scripts of packages' roles, in a folder that is taken for a guest.
@Suite("Scripts of packages") struct PackageScriptsTests {
    private static let cases = PackagedGuest.shells.flatMap { shell in
        PackagedGuest.Family.allCases.map { (shell, $0) }
    }

    @Test("A role comes with all that belongs to it, and goes without a trace", arguments: cases)
    func comesAndGoes(shell: String, family: PackagedGuest.Family) async throws {
        try await PackagedGuest.with(shell, family) { guest in
            try guest.write("etc/haproxy.cfg", "theirs\n")
            let wish = PackageWish.balancer
            #expect(try await guest.read() == nil)
            try await guest.apply(wish)
            #expect(guest.text("etc/haproxy.cfg") == "listen 80\n" && guest.text("etc/new/token") == "s3cret\n")
            #expect(guest.has("units/haproxy.service.active") && guest.has("units/haproxy.service.enabled"))
            #expect(guest.text("packages") == "haproxy\n")
            #expect(guest.text("etc/ufw/user.rules")?.contains("allow tcp 80 ") == true)

            let seen = try #require(try await guest.read())
            #expect(seen.package?.text == "load-balancer" && seen.digest == wish.digest && seen.attempt == 1)
            #expect(seen.files == [guest.path("etc/haproxy.cfg"): [], guest.path("etc/new/token"): []])
            #expect(seen.secrets == ["token": true] && seen.trying == nil && seen.leftovers == [])
            #expect(seen.services == ["haproxy.service": .init(active: "active", enabled: "enabled")])
            #expect(seen.packages == ["haproxy": true] && seen.ports == ["80/tcp": nil])
            var other = wish
            other.inputs["token"] = ("another", .secret)
            #expect(try await guest.read(other)?.secrets == ["token": false])

            // Again: there is nothing to do.
            let again = try await guest.place(wish)
            #expect(!again.contains("changed") && !again.contains("started"), "\(again)")
            try await guest.commit()

            let stays = try await guest.succeed(PackageScripts.remove(role: "lb", limit: "30"))
            #expect(stays == "")
            #expect(guest.text("etc/haproxy.cfg") == "theirs\n" && !guest.has("etc/new/token"))
            #expect(guest.text("packages") == "" && !guest.has("units/haproxy.service.active"))
            #expect(guest.text("etc/ufw/user.rules") == "" && guest.files(below: "roles") == [".attempt", ".salt"])
            #expect(guest.files(below: "run/kvmctl-roles").filter { $0 != "installing" } == [])
            #expect(!guest.has("said/wrong") && !guest.has("policy/policy-rc.d"))
            #expect(!guest.calls.contains("s3cret"))
            try await guest.succeed(PackageScripts.remove(role: "lb", limit: "30"))
        }
    }

    @Test("What somebody changes in the guest is named, and mended", arguments: PackagedGuest.shells)
    func drift(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            var wish = PackageWish.balancer
            wish.files["etc/gone"] = .init(content: [])
            wish.files["etc/linked"] = .init(content: [0, 1, 2, 255])
            wish.absent = ["etc/site"]
            try guest.write("etc/site", "theirs\n")
            try await guest.apply(wish)
            #expect(!guest.has("etc/site"))
            try guest.write("etc/haproxy.cfg", "mine\n")
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: guest.path("etc/new/token"))
            try guest.remove("etc/gone")
            try guest.remove("etc/linked")
            try FileManager.default.createSymbolicLink(
                atPath: guest.path("etc/linked"), withDestinationPath: "/etc/passwd")
            try guest.write("etc/site", "back\n")
            try guest.remove("units/haproxy.service.active")
            try guest.write("etc/ufw/user.rules", "")
            try guest.write("packages", "other\n")
            try guest.write("database/status", "changed")
            let seen = try #require(try await guest.read(wish))
            #expect(
                seen.files == [
                    guest.path("etc/haproxy.cfg"): [.edited], guest.path("etc/new/token"): [.mode("644")],
                    guest.path("etc/gone"): [.gone], guest.path("etc/linked"): [.link],
                    guest.path("etc/site"): [.back],
                ])
            #expect(seen.services["haproxy.service"]?.active == "inactive")
            #expect(seen.packages == ["haproxy": false] && seen.ports == ["80/tcp": "ufw"])

            try await guest.apply(wish)
            let mended = try #require(try await guest.read(wish))
            #expect(mended.files.values.allSatisfy(\.isEmpty) && mended.packages == ["haproxy": true])
            #expect(mended.ports == ["80/tcp": nil] && mended.services["haproxy.service"]?.active == "active")
        }
    }

    @Test("A bad attempt goes back to what was there, and is remembered", arguments: PackagedGuest.shells)
    func goesBack(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try await guest.apply(.balancer)
            var bad = PackageWish.balancer
            bad.target = String(repeating: "b", count: 64)
            bad.files["etc/haproxy.cfg"]?.content = Array("bad\n".utf8)
            bad.files["etc/new/token"] = nil
            bad.files["etc/other"] = .init(content: [])
            bad.ports = ["81/tcp"]
            try await guest.place(bad)
            #expect(guest.text("etc/haproxy.cfg") == "bad\n" && !guest.has("etc/new/token"))
            let pid = guest.text("units/haproxy.service.active")
            let trying = try await guest.read()?.trying
            #expect(trying == .init(number: 2, digest: bad.digest, target: bad.target))
            _ = try await guest.succeed(PackageScripts.rollBack(role: "lb"), "no\nanswer\n")
            #expect(guest.text("etc/haproxy.cfg") == "listen 80\n" && guest.text("etc/new/token") == "s3cret\n")
            #expect(!guest.has("etc/other") && guest.text("units/haproxy.service.active") != pid)
            #expect(guest.text("etc/ufw/user.rules")?.contains(" 81 ") == false)
            let seen = try #require(try await guest.read())
            #expect(seen.trying == nil && seen.attempt == 1 && seen.highest == 2 && seen.leftovers == [])
            #expect(seen.files.values.allSatisfy(\.isEmpty) && seen.ports == ["80/tcp": nil])
            #expect(seen.failure?.attempt.target == bad.target && seen.failure?.reason == ["no", "answer"])
            #expect(seen.failure?.secrets == ["token": true])
            try await guest.apply(.balancer)
            #expect(try await guest.read()?.failure == nil)
        }
    }

    @Test("What another attempt left is undone before the next begins", arguments: PackagedGuest.shells)
    func anotherTarget(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.write("etc/other", "theirs\n")
            try await guest.apply(.balancer)
            var next = PackageWish.balancer
            next.target = String(repeating: "b", count: 64)
            next.files["etc/other"] = .init(content: Array("ours\n".utf8))
            try await guest.place(next)
            try await guest.place(.balancer)
            #expect(guest.text("etc/other") == "theirs\n")
            try await guest.commit()
            #expect(try await guest.read()?.attempt == 3)
        }
    }

    @Test("An attempt's number is used once", arguments: PackagedGuest.shells)
    func numbers(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try await guest.apply(.balancer)
            let late = try await guest.run(
                PackageScripts.place(role: "lb", from: "stdin"),
                input: PackageWish.balancer.payload(for: guest, attempt: 1, isBeginning: true))
            #expect(late.status == 11 && late.errorOutput.contains("has begun attempt 1"))
            let cut = PackageWish.balancer.payload(for: guest, attempt: 2, isBeginning: true).dropLast()
            let result = try await guest.run(PackageScripts.place(role: "lb", from: "stdin"), input: Array(cut))
            #expect(result.status == 13 && result.errorOutput.contains("is not whole"))
            #expect(try await guest.read()?.trying == nil)
        }
    }
}
