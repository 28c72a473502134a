import Foundation
import SSH
import Spec
import Testing

@testable import Fleet
@testable import Roles

/// What comes back of the owner's when a role, or a part of it, goes.
@Suite("What packages leave behind") struct PackageLeavingTests {
    /// A role without a package or a port of its own.
    private func wish(_ files: [String: String], _ services: [PayloadWriter.Service] = []) -> PackageWish {
        var wish = PackageWish()
        wish.packages = []
        wish.files = files.mapValues { .init(content: Array($0.utf8)) }
        wish.services = services
        return wish
    }

    /// A service of the owner's that runs and starts with the guest.
    private func serve(_ guest: PackagedGuest, _ unit: String) throws {
        for end in ["", ".enabled"] { try guest.write("units/\(unit)\(end)", "") }
        try guest.write("units/\(unit).active", "100\n")
    }

    @Test("A service that a file of the role hides comes back with it", arguments: PackagedGuest.shells)
    func hidden(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try serve(guest, "rpcbind.service")
            let server = wish(
                ["etc/systemd/system/rpcbind.service": ""],
                [.init(unit: "rpcbind.service", onChange: "restart", isRunning: false)])
            // An attempt that goes back, one part that goes, and the whole role.
            try await guest.place(server)
            #expect(!guest.has("units/rpcbind.service.active") && guest.has("units/rpcbind.service.masked"))
            try await guest.succeed(PackageScripts.rollBack(role: "lb"), "why\n")
            #expect(guest.has("units/rpcbind.service.active") && guest.has("units/rpcbind.service.enabled"))
            try await guest.apply(server)
            var other = wish([:])
            other.target = String(repeating: "b", count: 64)
            try await guest.apply(other)
            #expect(guest.has("units/rpcbind.service.active") && guest.has("units/rpcbind.service.enabled"))
            try await guest.apply(server)
            #expect(!guest.has("units/rpcbind.service.active"))
            #expect(try await guest.clear() == "")
            #expect(guest.has("units/rpcbind.service.active") && guest.has("units/rpcbind.service.enabled"))
        }
    }

    @Test("A service whose unit is the role's own ends before it goes", arguments: PackagedGuest.shells)
    func own(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            let site = wish(["units/site.service": "[Service]\n"], [.init(unit: "site.service", onChange: "reload")])
            var other = wish([:])
            other.target = String(repeating: "b", count: 64)
            try await guest.place(site)
            #expect(guest.has("units/site.service.active") && guest.has("units/site.service.enabled"))
            try await guest.succeed(PackageScripts.rollBack(role: "lb"), "why\n")
            #expect(guest.files(below: "units") == [])
            try await guest.apply(site)
            try await guest.apply(other)
            #expect(guest.files(below: "units") == [])
            try await guest.apply(site)
            try await guest.clear()
            #expect(guest.files(below: "units") == [])
        }
    }

    @Test("A service of the owner's that runs on has the owner's files again", arguments: PackagedGuest.shells)
    func reloaded(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try serve(guest, "haproxy.service")
            try guest.write("etc/haproxy.cfg", "theirs\n")
            var balancer = wish(
                ["etc/haproxy.cfg": "ours\n", "etc/more.cfg": "more\n"],
                [
                    .init(
                        unit: "haproxy.service", onChange: "reload", watched: ["etc/haproxy.cfg", "etc/more.cfg"])
                ])
            func reloads() -> Int {
                guest.calls.split(separator: "\n").count { $0.hasSuffix("reload haproxy.service") }
            }
            try await guest.apply(balancer)
            #expect(reloads() == 1)
            // A file that leaves, and that the service does not name any more.
            balancer.target = String(repeating: "b", count: 64)
            balancer.files["etc/more.cfg"] = nil
            balancer.services[0].watched = ["etc/haproxy.cfg"]
            try await guest.apply(balancer)
            #expect(reloads() == 2 && !guest.has("etc/more.cfg"))
            // The service leaves, and its file.
            var other = wish(["etc/other": "other\n"])
            other.target = String(repeating: "c", count: 64)
            try await guest.apply(other)
            #expect(reloads() == 3 && guest.text("etc/haproxy.cfg") == "theirs\n")
            try await guest.apply(balancer)
            #expect(reloads() == 4)
            try await guest.clear()
            #expect(reloads() == 5 && guest.text("etc/haproxy.cfg") == "theirs\n")
            #expect(guest.has("units/haproxy.service.active"))
        }
    }

    @Test("Numbers of attempts are not used again after a removal", arguments: PackagedGuest.shells)
    func numbers(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try await guest.apply(.balancer)
            try await guest.apply(.balancer)
            try await guest.clear()
            let begun = try await guest.succeed(
                PackageScripts.begin(role: "lb"), input: PackageWish.balancer.payload(for: guest, attempt: nil))
            #expect(begun.contains("attempt 3\n"), "\(begun)")
            try await guest.clear()
            let reply = try PackageReading.reply(try await guest.succeed(PackageScripts.read(), ""))
            #expect(reply.roles.isEmpty && reply.highest == 3)
        }
    }

    @Test("The owner's file is put beside one that somebody edited", arguments: PackagedGuest.shells)
    func edited(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.write("etc/haproxy.cfg", "theirs\n")
            try guest.write("etc/site", "theirs\n")
            try guest.write("etc/site.before-kvmctl", "taken\n")
            try FileManager.default.createSymbolicLink(
                atPath: guest.path("etc/link"), withDestinationPath: "nowhere")
            var all = wish(["etc/haproxy.cfg": "ours\n", "etc/link": "ours\n", "etc/new": "ours\n"])
            all.absent = ["etc/site"]
            var less = wish([:])
            less.target = String(repeating: "b", count: 64)
            func edit() throws {
                for name in ["haproxy.cfg", "link", "new", "site"] { try guest.write("etc/\(name)", "mine\n") }
            }
            func look(_ said: String) {
                let kept = said.split(separator: "\n").filter { $0.hasPrefix("kept ") }.map(String.init)
                #expect(
                    Set(kept) == [
                        "kept \(guest.path("etc/haproxy.cfg")), which was edited; what was there before the role is "
                            + guest.path("etc/haproxy.cfg.before-kvmctl"),
                        "kept \(guest.path("etc/link")), which was edited; what was there before the role is "
                            + guest.path("etc/link.before-kvmctl"),
                        "kept \(guest.path("etc/new")), which was edited",
                        "kept \(guest.path("etc/site")), which was edited; what was there before the role is "
                            + guest.path("etc/site.before-kvmctl.1"),
                    ], "\(said)")
                #expect(guest.text("etc/haproxy.cfg.before-kvmctl") == "theirs\n")
                #expect(guest.text("etc/site.before-kvmctl") == "taken\n")
                #expect(guest.text("etc/site.before-kvmctl.1") == "theirs\n")
                let target = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: guest.path("etc/link.before-kvmctl"))
                #expect(target == "nowhere" && !guest.has("etc/new.before-kvmctl"))
                for name in ["haproxy.cfg", "link", "new", "site"] { #expect(guest.text("etc/\(name)") == "mine\n") }
            }
            try await guest.apply(all)
            try edit()
            // An attempt that goes back takes away what it put there.
            _ = try await guest.place(less)
            try await guest.succeed(PackageScripts.rollBack(role: "lb"), "why\n")
            #expect(!guest.has("etc/haproxy.cfg.before-kvmctl") && !guest.has("etc/site.before-kvmctl.1"))
            look(try await guest.place(less))
            try await guest.commit()
            for name in ["haproxy.cfg", "link", "site"] { try guest.remove("etc/\(name)") }
            try await guest.run(
                Script(
                    "cd \"$1\" && mv haproxy.cfg.before-kvmctl haproxy.cfg && mv link.before-kvmctl link",
                    [guest.path("etc")]))
            try guest.remove("etc/new")
            try guest.remove("etc/site.before-kvmctl.1")
            try guest.write("etc/site", "theirs\n")
            try await guest.apply(all)
            try edit()
            look(try await guest.clear())
            #expect(guest.files(below: "roles") == [".attempt", ".salt"])
        }
    }

    @Test("A power loss before all is written loses nothing of the owner's", arguments: PackagedGuest.shells)
    func power(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.write("etc/haproxy.cfg", "theirs\n")
            try guest.write("etc/site", "theirs\n")
            var role = wish(["etc/haproxy.cfg": "ours\n"])
            role.absent = ["etc/site"]
            // What was written since the last sync is lost, but for the names: at the first change of a place.
            let guestPath = guest.folder
            let loss = """
                lost() {
                    cd '\(guestPath)' || return
                    find roles -type f -newer said/synced | while read -r each; do : >"$each"; done
                    kill -9 0
                }
                sync() {
                    if [ $# = 0 ]; then sleep 0.02; touch '\(guestPath)/said/synced'; sleep 0.02; return; fi
                    # A single file is on the disk: it is as old as can be.
                    touch -d 2001-01-01 -- "$@"
                }
                mv() {
                    command mv "$@"; moved=$?
                    case $* in *"../haproxy.cfg") lost ;; esac
                    return $moved
                }

                """
            try guest.write("said/synced", "")
            try await guest.run(Script("touch -d 2002-01-01 \"$1\"", [guest.path("said/synced")]))
            let cut = try await guest.run(
                PackageScripts.place(role: "lb", from: "stdin"),
                input: role.payload(for: guest, attempt: 1, isBeginning: true), after: loss, before: ["setsid", "-w"])
            #expect(cut.status != 0 && guest.text("etc/haproxy.cfg") == "ours\n")
            let other = wish([:])
            try await guest.run(Script("cp -a \"$1\" \"$1.cut\"", [guest.folder]))
            defer { try? FileManager.default.removeItem(atPath: "\(guest.folder).cut") }
            // Back, and on and away again.
            var next = other
            next.target = String(repeating: "b", count: 64)
            try await guest.apply(next)
            #expect(guest.text("etc/haproxy.cfg") == "theirs\n" && guest.text("etc/site") == "theirs\n")
            try await guest.run(Script("rm -rf \"$1\"; cp -a \"$1.cut\" \"$1\"", [guest.folder]))
            try await guest.place(role)
            try await guest.commit()
            #expect(guest.text("etc/haproxy.cfg") == "ours\n" && !guest.has("etc/site"))
            try await guest.clear()
            #expect(guest.text("etc/haproxy.cfg") == "theirs\n" && guest.text("etc/site") == "theirs\n")
        }
    }

    @Test("A removal ends though a service of the owner's refuses, and says which", arguments: PackagedGuest.shells)
    func refused(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try serve(guest, "nginx.service")
            try await guest.apply(wish([:], [.init(unit: "nginx.service", onChange: "restart", isRunning: false)]))
            try guest.write("units/nginx.service.broken", "")
            let result = try await guest.run(PackageScripts.remove(role: "lb", limit: "30"))
            #expect(result.status == 5)
            #expect(
                result.errorOutput.hasSuffix(
                    "nginx.service does not start\nthe role is gone, but not running as before: nginx.service\n"),
                "\(result.errorOutput)")
            #expect(!guest.has("roles/lb") && guest.has("units/nginx.service.enabled"))
            try await guest.apply(wish([:], [.init(unit: "other.service", onChange: "restart", isRunning: false)]))
            try guest.write("units/other.service", "")
            try guest.write("units/other.service.masked", "")
            let enabling = try await guest.run(
                PackageScripts.place(role: "lb", from: "stdin"),
                input: wish([:], [.init(unit: "other.service", onChange: "restart")]).payload(
                    for: guest, attempt: guest.nextAttempt, isBeginning: true))
            #expect(enabling.status == 5 && enabling.errorOutput == "other.service cannot be enabled\n")
        }
    }

    @Test("A folder in a file's place is told from an edit", arguments: PackagedGuest.shells)
    func folder(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            let role = wish(["etc/haproxy.cfg": "ours\n"])
            try await guest.apply(role)
            try guest.remove("etc/haproxy.cfg")
            try guest.write("etc/haproxy.cfg/file", "")
            #expect(try await guest.read(role)?.files == [guest.path("etc/haproxy.cfg"): [.folder]])
        }
    }

    @Test(
        "What was committed before a reboot forgot the rest is not taken for a state", arguments: PackagedGuest.shells)
    func forgotten(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.write("units/haproxy.service", "")
            try await guest.place(.balancer)
            try guest.remove("run/kvmctl-roles")
            let result = try await guest.run(PackageScripts.commit(role: "lb"))
            #expect(result.status == 11 && !guest.has("roles/lb/current/state"))
            try await guest.place(.balancer)
            try await guest.commit()
            #expect(try await guest.read()?.package?.text == "load-balancer")
        }
    }
}
