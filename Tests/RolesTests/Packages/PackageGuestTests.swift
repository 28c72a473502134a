import Foundation
import Reconciler
import Spec
import TestNames
import Testing

@testable import Fleet
@testable import Roles

/// The stages of a change, over the channel that a step has.
@Suite("Packages in a guest") struct PackageGuestTests {
    private func packages(_ guest: PackagedGuest) throws -> PackageGuest {
        PackageGuest(runner: GuestScriptRunner(name: "lb-1", channel: try guest.channel()), role: name("lb"))
    }

    @Test("A change goes through all its stages, small or large", arguments: [0, 100_000])
    func stages(size: Int) async throws {
        try await PackagedGuest.with { guest in
            let packages = try packages(guest)
            // A folder that hands its group down, as that of Redis.
            try FileManager.default.createDirectory(
                atPath: "\(guest.folder)/etc", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o2770])
            var wish = PackageWish.balancer
            wish.files["etc/large"] = .init(content: [UInt8](repeating: 7, count: size))
            wish.hooks = ["apply": "echo url=http://x >&3\n", "health": "echo 'not yet'; exit 1\n"]
            let begun = try await packages.begin(wish.writer(for: guest, attempt: nil))
            #expect(begun == .init(family: "debian", attempt: 1))
            #expect(try await packages.install(["haproxy"], within: .seconds(20)) == ["haproxy"])
            #expect(try await packages.install(["haproxy"], within: .seconds(20)) == [])
            try await packages.place(wish.writer(for: guest, attempt: 1))
            #expect(guest.text("etc/large")?.utf8.count == size)
            try await packages.runHook("apply", outputs: ["url"], within: .seconds(20))
            #expect(try await packages.complaint(within: .seconds(5)) == "not yet")
            try await packages.commit("output url plain\n")
            let seen = try await PackageGuest.read(packages.runner, question: wish.question())
            #expect(seen.family == "debian" && seen.roles[name("lb")]?.outputs == ["url": .plain("http://x")])
            #expect(seen.roles[name("lb")]?.secrets == ["token": true])
            #expect(try await packages.remove(within: .seconds(20)) == [])
            #expect(!guest.calls.contains("s3cret"))
        }
    }

    @Test("What fails says what was said last, and goes back")
    func fails() async throws {
        try await PackagedGuest.with { guest in
            let packages = try packages(guest)
            var wish = PackageWish.balancer
            wish.hooks = ["apply": "cat \"$KVMCTL_INPUTS/token\"; exit 3\n"]
            _ = try await packages.begin(wish.writer(for: guest, attempt: nil))
            _ = try await packages.install(["haproxy"], within: .seconds(20))
            try await packages.place(wish.writer(for: guest, attempt: 1))
            let failure = await #expect(throws: PackageFailure.self) {
                try await packages.runHook("apply", outputs: [], within: .seconds(20))
            }
            let hidden = try #require(failure).hiding(["s3cret"])
            #expect(
                hidden.lines == ["•••apply ended with status 3"]
                    || hidden.lines == ["•••", "apply ended with status 3"])
            try await packages.rollBack(hidden.lines)
            let seen = try await guest.read()
            #expect(seen?.failure?.reason == hidden.lines && seen?.isCommitted == false)
            #expect(!guest.has("etc/haproxy.cfg"))
        }
    }
}
