import Foundation
import SSH
import Testing

@testable import Fleet
@testable import Roles

/// Every script of a role's, killed after each of its steps in turn and run again.
@Suite("Killing scripts of packages") struct PackageKillingTests {
    /// A role that is there in one state and is to get into another, in which a path and a port leave, a secret comes, and the
    /// owner's file goes.
    private struct World {
        let guest: PackagedGuest
        var before = PackageWish.balancer
        var after = PackageWish.balancer

        init(_ guest: PackagedGuest) async throws {
            self.guest = guest
            try guest.write("etc/haproxy.cfg", "theirs\n")
            try guest.write("etc/site", "theirs\n")
            before.files["etc/new/token"] = nil
            before.files["etc/old"] = .init(content: Array("old\n".utf8))
            after.target = String(repeating: "b", count: 64)
            after.files["etc/haproxy.cfg"]?.content = Array("listen 81\n".utf8)
            after.absent = ["etc/site"]
            after.ports = ["81/tcp"]
            try await guest.apply(before)
        }

        /// What is seen from outside.
        ///
        /// As a text, what has no order of its own would differ.
        struct Look: Equatable {
            var seen: ObservedPackage?
            var files: [String]
            var isActive: Bool
            var isWrong: Bool
        }

        /// The same without numbers and memories of attempts.
        func look() async throws -> Look {
            var seen = try await guest.read(after)
            seen?.attempt = 0
            seen?.highest = 0
            seen?.since = nil
            seen?.failure = nil
            seen?.outputs = [:]
            let files = ["etc", "units"].flatMap { folder in
                guest.files(below: folder).map { "\(folder)/\($0): \(guest.text("\(folder)/\($0)") ?? "")" }
            }.filter { !$0.hasPrefix("units/haproxy.service.active") }
            return Look(
                seen: seen, files: files, isActive: guest.has("units/haproxy.service.active"),
                isWrong: guest.has("said/wrong"))
        }

        func save(_ name: String) async throws { try await guest.save(name) }

        func load(_ name: String) async throws { try await guest.load(name) }

        func isKilled(_ script: Script, input: [UInt8] = [], after count: Int) async throws -> Bool {
            try await guest.isKilled(script, input: input, after: count)
        }

        func end() { guest.forget(["one", "two", "cut"]) }
    }

    /// Each shell has the steps that the others have not.
    private static let cases = PackagedGuest.shells.enumerated().map { ($0.offset, $0.element) }

    private func with(_ shell: String, _ body: (World) async throws -> Void) async throws {
        try await PackagedGuest.with(shell) { guest in
            let world = try await World(guest)
            defer { world.end() }
            try await world.save("one")
            try await body(world)
        }
    }

    @Test("A change that is cut off goes on, goes back, or makes room for another", arguments: cases)
    func placing(first: Int, shell: String) async throws {
        try await with(shell) { world in
            let guest = world.guest
            let before = try await world.look()
            try await guest.place(world.after)
            try await guest.commit()
            let after = try await world.look()
            #expect(before != after && !guest.has("etc/old") && !guest.has("etc/site"))
            var steps = first
            while true {
                try await world.load("one")
                let isKilled = try await world.isKilled(
                    PackageScripts.place(role: "lb", from: "stdin"),
                    input: world.after.payload(for: guest, attempt: guest.nextAttempt, isBeginning: true), after: steps)
                switch steps % 3 {
                case 0:
                    _ = try await guest.succeed(PackageScripts.rollBack(role: "lb"), "why\n")
                    #expect(try await world.look() == before, "back after \(steps)")
                case 1:
                    try await guest.place(world.after)
                    try await guest.commit()
                    #expect(try await world.look() == after, "on after \(steps)")
                default:
                    try await guest.place(world.before)
                    try await guest.commit()
                    #expect(try await world.look() == before, "another after \(steps)")
                }
                guard isKilled, steps < 500 else { break }
                steps += 7
            }
            #expect(steps > 40 && steps < 500)
        }
    }

    @Test("A commit that is cut off is done by the next, or by another apply", arguments: cases)
    func committing(first: Int, shell: String) async throws {
        try await with(shell) { world in
            let guest = world.guest
            try await guest.place(world.after)
            try await world.save("two")
            try await guest.commit()
            let after = try await world.look()
            var steps = first
            while true {
                try await world.load("two")
                let isKilled = try await world.isKilled(PackageScripts.commit(role: "lb"), after: steps)
                switch steps % 4 {
                case 0: try await guest.commit()
                case 3:
                    // The removal of what may be committed already, or is not yet.
                    try await guest.succeed(PackageScripts.remove(role: "lb", limit: "30"))
                    #expect(guest.text("etc/haproxy.cfg") == "theirs\n" && guest.text("etc/site") == "theirs\n")
                    #expect(
                        !guest.has("etc/new/token") && guest.files(below: "roles") == [".attempt", ".salt"],
                        "after \(steps)")
                default:
                    try await guest.place(world.after)
                    try await guest.commit()
                }
                if steps % 4 != 3 { #expect(try await world.look() == after, "after \(steps)") }
                guard isKilled, steps < 500 else { break }
                steps += 5
            }
            #expect(steps > 12 && steps < 500)
        }
    }

    @Test("Going back and removing are done by the next where they are cut off", arguments: cases)
    func leaving(first: Int, shell: String) async throws {
        try await with(shell) { world in
            let guest = world.guest
            let before = try await world.look()
            try await guest.place(world.after)
            try await world.save("two")
            for script in [PackageScripts.rollBack(role: "lb"), PackageScripts.remove(role: "lb", limit: "30")] {
                let isRemoval = script.arguments.count > 1
                var steps = first
                while true {
                    try await world.load("two")
                    let isKilled = try await world.isKilled(script, after: steps)
                    try await guest.succeed(script)
                    if isRemoval {
                        #expect(
                            guest.text("etc/haproxy.cfg") == "theirs\n"
                                && guest.files(below: "roles") == [".attempt", ".salt"])
                        #expect(
                            guest.text("packages") == "" && guest.text("etc/ufw/user.rules") == "", "after \(steps)")
                    } else {
                        #expect(try await world.look() == before, "after \(steps)")
                    }
                    guard isKilled, steps < 500 else { break }
                    steps += 7
                }
                #expect(steps > 12 && steps < 500)
            }
        }
    }

    @Test("An installation that is cut off goes on, and its end is awaited", arguments: cases)
    func installing(first: Int, shell: String) async throws {
        try await PackagedGuest.with(shell) { guest in
            let world = try await World(guest)
            defer { world.end() }
            try await guest.succeed(PackageScripts.remove(role: "lb", limit: "30"))
            try await world.save("one")
            var steps = first
            while true {
                try await world.load("one")
                try await guest.succeed(
                    PackageScripts.begin(role: "lb"), input: world.before.payload(for: guest, attempt: nil))
                let isKilled = try await world.isKilled(
                    PackageScripts.install(role: "lb", limit: "30", ["haproxy"]), after: steps)
                try await guest.apply(world.before)
                #expect(guest.text("packages") == "haproxy\n" && !guest.has("policy/policy-rc.d"), "after \(steps)")
                try await guest.succeed(PackageScripts.remove(role: "lb", limit: "30"))
                #expect(guest.text("packages") == "", "after \(steps)")
                guard isKilled, steps < 100 else { break }
                steps += 3
            }
            #expect(steps < 100)
        }
    }
}
