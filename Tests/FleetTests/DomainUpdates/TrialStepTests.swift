import Foundation
import Libvirt
import Reconciler
import Spec
import Testing

@testable import Fleet

@Suite("Changes that can be rolled back, on a node")
struct TrialStepTests {
    /// A stopped domain whose state is kept and whose definition has the change already.
    private func begin(_ test: TestNode) async throws -> (DomainDefinition, DomainUpdate) {
        var domain = test.instance("a")
        domain.mark.phase = .active
        let old = try await test.makeImage("old.qcow2")
        let new = try await test.makeImage("new.qcow2")
        domain.disks = [.init(name: "root", path: old, serial: nil)]
        var trial = ChangeTrial(stage: .begun, target: ["vcpus": "7"])
        trial.oldFiles = ["root": old]
        trial.newFiles = ["root": new]
        domain.mark.trial = trial
        try await test.define(domain)
        func step(_ action: DomainUpdate.Action) -> Reconciler.Operation {
            .update(DomainUpdate(uuid: domain.uuid, name: domain.name, action: action))
        }
        #expect(try await test.perform(step(.keepState)) == .done)
        #expect(try await test.perform(step(.keepState)) == .unchanged)
        var made = domain.mark
        made.trial?.stage = .made
        let edit = DomainEdit(items: [.vcpus(7), .disk(.init(name: "root", path: new, serial: nil))], mark: made)
        #expect(try await test.perform(step(.edit(edit))) == .done)
        let check = ReadinessCheck(
            uuid: domain.uuid, name: domain.name, ready: Readiness(when: .running, timeout: .seconds(1)), addresses: [])
        return (
            domain, DomainUpdate(uuid: domain.uuid, name: domain.name, action: .verify(check, files: [old]))
        )
    }

    @Test("What gets ready stays, and what was kept goes")
    func good() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let (domain, verification) = try await begin(test)
            #expect(try await test.perform(.domain(.start(uuid: domain.uuid, name: domain.name))) == .done)
            #expect(try await test.perform(.update(verification)) == .done)
            let after = try #require(try await test.node.connection.domains().first)
            #expect(after.mark?.trial == nil && after.mark?.wasReady == true)
            #expect(after.vcpus == 7 && after.snapshots == [])
            #expect(after.disks.first { $0.name == "root" }?.path.hasSuffix("/new.qcow2") == true)
            #expect(!FileManager.default.fileExists(atPath: "\(test.folder)/old.qcow2"))
            #expect(try await test.perform(.update(verification)) == .done)
        }
    }

    /// A domain whose disks are kept before its roles change, and that runs.
    private func keep(_ test: TestNode) async throws -> (domain: ObservedDomain, rollback: RoleRollback) {
        var domain = test.instance("a")
        domain.mark.phase = .active
        domain.disks = [.init(name: "root", path: try await test.makeImage("old.qcow2"), serial: nil)]
        try await test.define(domain)
        let keep = DomainUpdate(
            uuid: domain.uuid, name: domain.name, action: .keepBeforeRoles(roles: ["web": "x"]))
        #expect(try await test.perform(.update(keep)) == .done)
        #expect(try await test.perform(.domain(.start(uuid: domain.uuid, name: domain.name))) == .done)
        let check = ReadinessCheck(
            uuid: domain.uuid, name: domain.name, ready: Readiness(when: .running, timeout: .seconds(1)), addresses: [])
        let kept = try #require(try await test.node.connection.domains().first)
        #expect(kept.mark?.roleTrial?.stage == .made && kept.power == .running)
        return (kept, RoleRollback(check: check, isFresh: true))
    }

    private static let failure = StepError("applying x", causes: ["the script ended with status 3"])

    @Test("Where a role cannot be applied the disks are brought back, and then the guest is told")
    func roles() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let (kept, rollback) = try await keep(test)
            var isTold = false
            let error = try await test.node.context.updates.takeBackRoles(
                of: kept, because: Self.failure, rollback, { _ in }, remember: { isTold = true })
            #expect(error.summary == "the change of \(kept.name) was rolled back")
            #expect(error.causes == ["the script ended with status 3", "it was restored and runs as before"])
            let after = try #require(try await test.node.connection.domains().first)
            #expect(after.power == .running && after.snapshots == [] && after.mark?.roleTrial == nil && isTold)
        }
    }

    @Test("What keeps disks from coming back is known before the guest is stopped")
    func refused() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let (kept, rollback) = try await keep(test)
            _ = try await test.node.context.domains.mark(kept) { mark in
                for nic in mark.nics.keys { mark.nics[nic]?.address = IPv4Address("10.77.0.250") }
                if mark.nics.isEmpty { Issue.record("it has no NIC") }
            }
            let moved = try #require(try await test.node.connection.domains().first)
            let error = await #expect(throws: StepError.self) {
                _ = try await test.node.context.updates.takeBackRoles(
                    of: moved, because: Self.failure, rollback, { _ in }, remember: {})
            }
            #expect(error?.causes.last?.contains("are not rolled back: in the snapshot") == true)
            let after = try #require(try await test.node.connection.domains().first)
            #expect(after.power == .running && after.mark?.roleTrial?.stage == .made)
            // A later run cannot go back either: what is there stays.
            let end = DomainUpdate(
                uuid: kept.uuid, name: kept.name, action: .endRoleTrial(rollback.check, hasFailed: true))
            #expect(try await test.perform(.update(end)) == .done)
            let ended = try #require(try await test.node.connection.domains().first)
            #expect(ended.power == .running && ended.mark?.roleTrial == nil && ended.snapshots == [])
        }
    }

    @Test("What an earlier run kept is gone back to for an hour, and what this run kept always")
    func age() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let (kept, rollback) = try await keep(test)
            let updates = test.node.context.updates
            let limit = updates.limit(rollback.check)
            #expect(limit == 3_601)
            #expect(try await updates.obstacle(to: ChangeTrial.roleSnapshot, of: kept, within: limit) == nil)
            #expect(try await updates.obstacle(to: ChangeTrial.roleSnapshot, of: kept, within: nil) == nil)
            let old = try await updates.obstacle(to: ChangeTrial.roleSnapshot, of: kept, within: -60)
            #expect(old?.reason.contains("more than an hour old") == true)
        }
    }

    @Test("Killed while disks come back, whoever starts the guest finishes that first")
    func cutOff() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let (kept, rollback) = try await keep(test)
            _ = try await test.node.context.domains.mark(kept) { $0.roleTrial?.stage = .goingBack }
            _ = try await test.node.context.updates.forceOff(kept)
            #expect(try await test.perform(.domain(.start(uuid: kept.uuid, name: kept.name))) == .done)
            let back = try #require(try await test.node.connection.domains().first)
            #expect(back.power == .running && back.mark?.roleTrial?.stage == .begun)
            let end = DomainUpdate(
                uuid: kept.uuid, name: kept.name, action: .endRoleTrial(rollback.check, hasFailed: false))
            #expect(try await test.perform(.update(end)) == .done)
            let ended = try #require(try await test.node.connection.domains().first)
            #expect(ended.power == .running && ended.mark?.roleTrial == nil && ended.snapshots == [])
        }
    }

    @Test("What does not get ready is rolled back, and the mark says when and why")
    func bad() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let (domain, verification) = try await begin(test)
            let error = await #expect(throws: StepError.self) { try await test.perform(.update(verification)) }
            #expect(error?.summary == "the change of \(domain.name) was rolled back")
            let after = try #require(try await test.node.connection.domains().first)
            #expect(after.mark?.trial?.stage == .rolledBack && after.mark?.trial?.rolledBackAt != nil)
            #expect(after.mark?.trial?.reason?.contains("not running") == true)
            #expect(after.power == .running && after.vcpus == domain.vcpus && after.snapshots == [])
            #expect(FileManager.default.fileExists(atPath: "\(test.folder)/old.qcow2"))
            #expect(!FileManager.default.fileExists(atPath: "\(test.folder)/new.qcow2"))
        }
    }

    @Test("Without its snapshot nothing goes back, and what is left of a trial that never began is cleared away")
    func withoutSnapshot() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let (domain, verification) = try await begin(test)
            let drop = Reconciler.Operation.snapshot(
                .delete(
                    uuid: domain.uuid, name: domain.name, snapshot: ChangeTrial.snapshot))
            #expect(try await test.perform(drop) == .done)
            let error = await #expect(throws: StepError.self) { try await test.perform(.update(verification)) }
            #expect(error?.summary.hasSuffix("could not be verified, and stays") == true)
            #expect(try await test.node.connection.domain(domain.uuid)?.mark?.trial?.stage == .made)
            let back = DomainEdit(items: [.disk(domain.disks[0])], mark: domain.mark)
            let update = DomainUpdate(uuid: domain.uuid, name: domain.name, action: .edit(back))
            #expect(try await test.perform(.update(update)) == .done)
            let clear = DomainUpdate(uuid: domain.uuid, name: domain.name, action: .clearTrial(files: []))
            #expect(try await test.perform(.update(clear)) == .done)
            #expect(try await test.node.connection.domain(domain.uuid)?.mark?.trial == nil)
            #expect(!FileManager.default.fileExists(atPath: "\(test.folder)/new.qcow2"))
        }
    }

    @Test("What libvirt is told of a snapshot that is in the disks has the definition, and leaves the seed out")
    func redefinition() throws {
        var seed = ObservedDomain.Disk(name: "seed", path: "/s.iso")
        (seed.target, seed.isReadOnly) = ("vdb", true)
        var root = ObservedDomain.Disk(name: "root", path: "/r.qcow2")
        root.target = "vda"
        let text = try SnapshotXML.text(
            named: "s", ofDisks: [root, seed], definition: DomainXML.text(Samples.typical), madeAt: 5, of: "d")
        #expect(text.contains("<disk name=\"vda\" snapshot=\"internal\""))
        #expect(text.contains("<disk name=\"vdb\" snapshot=\"no\""))
        #expect(text.contains("<state>shutoff</state>") && text.contains("<creationTime>5</creationTime>"))
        #expect(text.contains("<kvmctl:mark") && text.contains("<uuid>\(Samples.typical.uuid)</uuid>"))
    }
}
