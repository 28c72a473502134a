import Engine
import Reconciler
import SSH
import Spec
import Synchronization
import TestNames
import Testing

@testable import Fleet
@testable import Roles

/// The life of a role as `kvmctl role test` goes through it, in a guest whose services are played.
@Suite struct RoleTestRunTests {
    /// A guest with the role `r`, in which something can be wrong.
    private struct Bench: RoleTestBench {
        let guest: PackagedGuest
        let role: PackageRole
        /// Whether plans see nothing.
        var isBlind = false
        /// Whether the role's removal does nothing.
        var keepsRole = false

        private func runner() throws -> PackageRun {
            let packages = PackageGuest(
                runner: GuestScriptRunner(name: "lb", channel: try guest.channel()), role: name("r"))
            return PackageRun(
                guest: packages, role: name("r"), reach: GuestReach(address: nil), secret: { _ in "" },
                askNode: { _, _ in throw StepProblem("no node is asked") },
                peer: { _ in throw StepProblem("there is no other guest") }, report: { _ in })
        }

        func apply(withRole hasRole: Bool) async throws(RunFailure) {
            do {
                let seen = try await read()
                if hasRole {
                    _ = try await runner().apply(
                        PackageApplication(role: role, instance: name("lb"), resolved: [:], seen: seen))
                } else if !keepsRole {
                    _ = try await runner().remove()
                }
            } catch { throw RunFailure("\(error)", remedy: nil) }
        }

        func plan() async throws(RunFailure) -> Plan {
            let outcome = Packages.diff(role, try await look(), PackageFixture.context())
            let change = Change(
                .update, ObjectReference(.instance, "lb", on: name("kvm1")), reason: "its role differs",
                fields: isBlind ? [] : outcome.fields)
            return Plan(
                cluster: ClusterIdentity(name: name("demo"), id: nil), changes: change.fields.isEmpty ? [] : [change])
        }

        func look() async throws(RunFailure) -> ObservedPackage? {
            do { return try await read() } catch { throw RunFailure("\(error)", remedy: nil) }
        }

        private func read() async throws -> ObservedPackage? {
            let question = PackageQuestion.about(name("r"), PackageInputs(role, [:]), [:])
            return try PackageReading.reply(try await guest.succeed(PackageScripts.read(), question)).roles[name("r")]
        }

        func run(_ script: Script) async throws(RunFailure) -> String {
            do {
                let start = "PATH=\(guest.path("bin")):\(guest.path("tools"))\n"
                let result = try await guest.run(script, after: start)
                guard result.status == 0 else { throw StepProblem(result.output + result.errorOutput) }
                return result.output
            } catch { throw RunFailure("\(error)", remedy: nil) }
        }
    }

    private func role(_ guest: PackagedGuest, check: String = "exit 0\n") throws -> PackageRole {
        let package = try PackageFixture.package(
            """
            inputs: {root: {type: text, required: true}}
            packages: {debian: [haproxy]}
            files:
              /{{root}}/haproxy.cfg: {content: "# {{kvmctl.revision}}\\n", owner: "\(PackageWish.owner)"}
              /{{root}}/more/extra: {content: "a\\n", owner: "\(PackageWish.owner)"}
            services: {haproxy: {}}
            check: check.sh
            """, ["check.sh": check])
        return PackageRole(package: package, inputs: ["root": .text(String(guest.path("etc").dropFirst()))])
    }

    /// What was told of a run, and why it ended.
    private func perform(_ bench: Bench) async -> (events: [RoleTestRun.Event], failure: String?) {
        let events = Mutex<[RoleTestRun.Event]>([])
        let run = RoleTestRun(name("r"), of: bench.role.package, on: bench) { event in
            events.withLock { $0.append(event) }
        }
        var failure: String?
        do throws(RunFailure) { try await run.perform() } catch { failure = error.message }
        return (events.withLock { $0 }, failure)
    }

    @Test("a role that is right goes through everything, and leaves nothing")
    func right() async throws {
        try await PackagedGuest.with { guest in
            try guest.write("etc/haproxy.cfg", "the owner's\n")
            let (events, failure) = await perform(Bench(guest: guest, role: try role(guest)))
            #expect(failure == nil)
            #expect(
                events.filter { if case .passed = $0 { true } else { false } } == [
                    .passed(.apply, detail: "2 files, 1 services"), .passed(.plan, detail: "nothing to do"),
                    .passed(.drift, detail: "3 named"), .passed(.repair, detail: "nothing to do"),
                    .passed(.remove, detail: "nothing left"),
                ])
            #expect(guest.calls.contains("stop haproxy.service"))
            #expect(guest.text("etc/haproxy.cfg") == "the owner's\n" && !guest.has("etc/more/extra"))
        }
    }

    @Test("a plan that is not empty, one that sees nothing, and what is left are each told")
    func wrong() async throws {
        try await PackagedGuest.with { guest in
            let restless = try role(guest, check: "echo 'never content'; exit 1\n")
            #expect(
                await perform(Bench(guest: guest, role: restless)).failure
                    == "a plan after the apply is not empty: roles.r.check never content → right")
        }
        try await PackagedGuest.with { guest in
            let failure = await perform(Bench(guest: guest, role: try role(guest), isBlind: true)).failure
            #expect(failure?.hasPrefix("a plan does not name what was changed by hand: ") == true)
            #expect(failure?.hasSuffix("etc/more/extra, services.haproxy.service") == true, "\(failure ?? "")")
        }
        try await PackagedGuest.with { guest in
            let failure = await perform(Bench(guest: guest, role: try role(guest), keepsRole: true)).failure
            #expect(failure?.hasPrefix("something of the role is left: ") == true)
            #expect(failure?.contains("/roles/r") == true)
        }
    }
}
