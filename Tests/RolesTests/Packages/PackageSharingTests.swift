import Foundation
import SSH
import Testing

@testable import Fleet
@testable import Roles

/// Files, services and ports that more than one role of a guest has, at once or in turn.
@Suite("What roles of packages share") struct PackageSharingTests {
    private func wish(
        _ files: [String: String] = [:], down: [String] = [], ports: [String] = [], _ letter: String = "a"
    ) -> PackageWish {
        var wish = PackageWish()
        wish.target = String(repeating: letter, count: 64)
        wish.packages = []
        wish.files = files.mapValues { .init(content: Array($0.utf8)) }
        wish.services = down.map { .init(unit: $0, onChange: "restart", isRunning: false) }
        wish.ports = ports
        return wish
    }

    @Test(
        "A service is as the owner had it when the last role that has it goes",
        arguments: PackagedGuest.shells, [["a", "b"], ["b", "a"]])
    func services(shell: String, order: [String]) async throws {
        try await PackagedGuest.with(shell) { guest in
            for end in ["", ".enabled"] { try guest.write("units/nginx.service\(end)", "") }
            try guest.write("units/nginx.service.active", "100\n")
            let role = wish(down: ["nginx.service"])
            try await guest.apply(role, role: "a")
            try await guest.apply(role, role: "b")
            // Going back is no reason to start it either.
            try await guest.place(wish(["etc/x": "x\n"], "b"), role: order[0])
            #expect(!guest.has("units/nginx.service.active"))
            try await guest.succeed(PackageScripts.rollBack(role: order[0]), "why\n")
            try await guest.clear(role: order[0])
            #expect(!guest.has("units/nginx.service.active") && !guest.has("units/nginx.service.enabled"))
            try await guest.clear(role: order[1])
            #expect(guest.has("units/nginx.service.active") && guest.has("units/nginx.service.enabled"))
        }
    }

    @Test("A service that another role has committed meanwhile stays as that wants it", arguments: PackagedGuest.shells)
    func meanwhile(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            for end in ["", ".enabled"] { try guest.write("units/nginx.service\(end)", "") }
            try guest.write("units/nginx.service.active", "100\n")
            let role = wish(down: ["nginx.service"])
            try await guest.place(role, role: "a")
            try await guest.apply(role, role: "b")
            try await guest.succeed(PackageScripts.rollBack(role: "a"), "why\n")
            #expect(!guest.has("units/nginx.service.active"))
            try await guest.clear(role: "b")
            #expect(guest.has("units/nginx.service.active") && guest.has("units/nginx.service.enabled"))
        }
    }

    @Test(
        "A port is shut when the last role that has it goes", arguments: PackagedGuest.shells,
        [["a", "b"], ["b", "a"]])
    func ports(shell: String, order: [String]) async throws {
        try await PackagedGuest.with(shell) { guest in
            try await guest.apply(wish(ports: ["80/tcp"]), role: "a")
            try await guest.apply(wish(ports: ["80/tcp"]), role: "b")
            try await guest.clear(role: order[0])
            #expect(guest.text("etc/ufw/user.rules")?.contains("allow tcp 80 ") == true)
            // The other may leave it before it goes.
            try await guest.apply(wish([:], "c"), role: order[1])
            #expect(guest.text("etc/ufw/user.rules") == "")
            try await guest.apply(wish(ports: ["80/tcp"]), role: order[1])
            try await guest.clear(role: order[1])
            #expect(guest.text("etc/ufw/user.rules") == "")
        }
    }

    @Test("A port that the owner opened stays open", arguments: PackagedGuest.shells)
    func ownersPort(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try await guest.run(Script("\"$1\" allow 80/tcp", [guest.path("bin/ufw")]))
            try await guest.apply(wish(ports: ["80/tcp"]), role: "a")
            try await guest.apply(wish(ports: ["80/tcp"]), role: "b")
            try await guest.clear(role: "a")
            try await guest.clear(role: "b")
            #expect(guest.text("etc/ufw/user.rules")?.contains("allow tcp 80 ") == true)
        }
    }

    @Test(
        "A file that goes from one role to another has the owner's under it in the end",
        arguments: PackagedGuest.shells, [true, false])
    func files(shell: String, isWhole: Bool) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.write("etc/x", "theirs\n")
            try await guest.apply(wish(["etc/x": "first\n"]), role: "first")
            try await guest.apply(wish(["etc/x": "second\n"]), role: "second")
            #expect(guest.text("etc/x") == "second\n")
            let said =
                isWhole
                ? try await guest.clear(role: "first")
                : try await guest.place(wish(["etc/y": "y\n"], "b"), role: "first")
            #expect(!said.contains("kept") && guest.text("etc/x") == "second\n")
            if !isWhole { try await guest.commit(role: "first") }
            #expect(try await guest.clear(role: "second") == "")
            #expect(guest.text("etc/x") == "theirs\n" && !guest.has("etc/x.before-kvmctl"))
        }
    }

    @Test("The owner's file comes back when the role that took it goes first", arguments: PackagedGuest.shells)
    func takerFirst(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.write("etc/x", "theirs\n")
            try await guest.apply(wish(["etc/x": "first\n"]), role: "first")
            try await guest.apply(wish(["etc/x": "second\n"]), role: "second")
            #expect(try await guest.clear(role: "second") == "")
            #expect(guest.text("etc/x") == "theirs\n")
            #expect(try await guest.clear(role: "first") == "")
            #expect(guest.text("etc/x") == "theirs\n" && !guest.has("etc/x.before-kvmctl"))
        }
    }

    @Test(
        "What an attempt saw of a service is the owner's once the role before it has gone",
        arguments: PackagedGuest.shells)
    func seenByAttempts(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            for end in ["", ".enabled"] { try guest.write("units/nginx.service\(end)", "") }
            try guest.write("units/nginx.service.active", "100\n")
            let role = wish(down: ["nginx.service"])
            try await guest.apply(role, role: "a")
            try await guest.succeed(PackageScripts.begin(role: "b"), input: role.payload(for: guest, attempt: nil))
            try await guest.clear(role: "a")
            try await guest.apply(role, role: "b")
            #expect(!guest.has("units/nginx.service.active"))
            try await guest.clear(role: "b")
            #expect(guest.has("units/nginx.service.active") && guest.has("units/nginx.service.enabled"))
        }
    }

    @Test("A role that goes leaves what another is about to take over", arguments: PackagedGuest.shells, [true, false])
    func attempts(shell: String, isCommitted: Bool) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.write("etc/x", "theirs\n")
            try await guest.apply(wish(["etc/x": "first\n"]), role: "first")
            try await guest.place(wish(["etc/x": "second\n"]), role: "second")
            #expect(try await guest.clear(role: "first") == "")
            #expect(guest.text("etc/x") == "second\n")
            if isCommitted {
                try await guest.commit(role: "second")
                try await guest.clear(role: "second")
            } else {
                try await guest.succeed(PackageScripts.rollBack(role: "second"), "why\n")
            }
            #expect(guest.text("etc/x") == "theirs\n" && !guest.has("etc/x.before-kvmctl"))
        }
    }

    @Test("Two roles that want one file are told so, and do not take it in turn", arguments: PackagedGuest.shells)
    func conflict(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try await guest.apply(wish(["etc/x": "first\n"]), role: "first")
            try await guest.apply(wish(["etc/x": "second\n"]), role: "second")
            let result = try await guest.run(
                PackageScripts.place(role: "first", from: "stdin"),
                input: wish(["etc/x": "first\n"]).payload(
                    for: guest, attempt: guest.nextAttempt(of: "first"), isBeginning: true))
            #expect(result.status == 3)
            #expect(
                result.errorOutput
                    == "the role second has the file \(guest.path("etc/x")) as well: take it from one of them\n")
            try await guest.succeed(PackageScripts.rollBack(role: "first"), "why\n")
            #expect(guest.text("etc/x") == "second\n")
            // Nothing is in the way of the one who has it, and of the other as soon as it has not.
            try await guest.apply(wish(["etc/x": "more\n"], "b"), role: "second")
            try await guest.apply(wish(["etc/y": "y\n"], "c"), role: "second")
            try await guest.apply(wish(["etc/x": "first\n"]), role: "first")
            #expect(guest.text("etc/x") == "first\n")
            try await guest.apply(wish(["etc/x": "first\n"]), role: "first")
        }
    }

    @Test("What a role of files took the place of comes back as well", arguments: PackagedGuest.shells)
    func filesRole(shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            try guest.write("etc/x", "a role's\n")
            let name = try await guest.run(Script("printf %s \"$1\" | sha256sum | cut -c1-64", [guest.path("etc/x")]))
            let record = name.output.filter { !$0.isNewline }
            try guest.write("files/motd/placed/\(record)", "\(guest.path("etc/x"))\n")
            try guest.write("files/motd/before/\(record)", "theirs\n")
            try await guest.apply(wish(["etc/x": "ours\n"]))
            try await guest.clear()
            #expect(guest.text("etc/x") == "theirs\n")
        }
    }

    /// Each shell has the steps that the others have not.
    private static let cases = PackagedGuest.shells.enumerated().map { ($0.offset, $0.element) }

    @Test("What two roles share is the owner's again, wherever one was cut off", arguments: cases)
    func cutOff(first: Int, shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            for end in ["", ".enabled"] { try guest.write("units/nginx.service\(end)", "") }
            try guest.write("units/nginx.service.active", "100\n")
            try guest.write("etc/x", "theirs\n")
            let first = (role: wish(["etc/x": "a\n"], down: ["nginx.service"], ports: ["80/tcp"]), start: first)
            let second = wish(["etc/x": "b\n"], down: ["nginx.service"], ports: ["80/tcp"])
            try await guest.apply(first.role, role: "a")
            try await guest.save("one")
            try await guest.place(second, role: "b")
            try await guest.save("two")
            try await guest.commit(role: "b")
            try await guest.save("three")
            defer { guest.forget(["one", "two", "three"]) }
            for stage in ["one", "two", "three"] {
                var steps = first.start
                while true {
                    try await guest.load(stage)
                    let isKilled =
                        switch stage {
                        case "one":
                            try await guest.isKilled(
                                PackageScripts.place(role: "b", from: "stdin"),
                                input: second.payload(
                                    for: guest, attempt: guest.nextAttempt(of: "b"), isBeginning: true),
                                after: steps)
                        case "two": try await guest.isKilled(PackageScripts.commit(role: "b"), after: steps)
                        default:
                            try await guest.isKilled(PackageScripts.remove(role: "a", limit: "30"), after: steps)
                        }
                    // The next run goes on with either, goes back, or takes one away first.
                    switch steps % 3 {
                    case 0: try await guest.apply(second, role: "b")
                    case 1: try await guest.succeed(PackageScripts.rollBack(role: "b"), "why\n")
                    default: break
                    }
                    try await guest.clear(role: steps % 2 == 0 ? "a" : "b")
                    try await guest.clear(role: steps % 2 == 0 ? "b" : "a")
                    let place = "\(stage) after \(steps)"
                    #expect(guest.text("etc/x") == "theirs\n" && !guest.has("etc/x.before-kvmctl"), "\(place)")
                    #expect(guest.text("etc/ufw/user.rules") == "", "\(place)")
                    #expect(
                        guest.has("units/nginx.service.active") && guest.has("units/nginx.service.enabled"), "\(place)")
                    guard isKilled, steps < 500 else { break }
                    steps += 7
                }
                #expect(steps < 500)
            }
        }
    }
}
