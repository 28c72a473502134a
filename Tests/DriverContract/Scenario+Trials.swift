import Reconciler
import Spec

extension Scenario {
    static let trials: [Scenario] = [
        Scenario("a change that proves good stays, and what was kept of before goes") { trial in
            let changed = try await trial.beginChange()
            await trial.expectOnce(changed.step(.keepState))
            await trial.expect(.done, changed.step(.edit(changed.edit)))
            await trial.expect(.done, .domain(.start(uuid: changed.domain.uuid, name: changed.domain.name)))
            await trial.expect(.done, changed.proof)
            let seen = await trial.domain(changed.domain.uuid)
            trial.check(seen?.mark?.trial == nil && seen?.mark?.wasReady == true, "its mark still speaks of a trial")
            trial.check(seen?.vcpus == 2 && seen?.snapshots == [], "it is not as it was to be")
            await trial.check(changed, keeps: changed.new, and: changed.old, goes: true)
            await trial.expect(.done, changed.proof)
        },
        Scenario("a change that does not prove good is taken back, and the mark says so") { trial in
            let changed = try await trial.beginChange()
            await trial.expect(.done, changed.step(.keepState))
            await trial.expect(.done, changed.step(.edit(changed.edit)))
            // It was never started.
            await trial.expect(.failed, changed.proof)
            let seen = await trial.domain(changed.domain.uuid)
            trial.check(seen?.mark?.trial?.stage == .rolledBack, "its mark does not say that it was rolled back")
            trial.check(seen?.power == .running && seen?.vcpus == 1 && seen?.snapshots == [], "it is not as before")
            await trial.check(changed, keeps: changed.old, and: changed.new, goes: true)
        },
        Scenario("what an earlier run left of a change that it never made is cleared away once") { trial in
            let changed = try await trial.beginChange()
            await trial.expect(.done, changed.step(.keepState))
            await trial.expectOnce(changed.step(.clearTrial(files: [changed.new])))
            let seen = await trial.domain(changed.domain.uuid)
            trial.check(seen?.mark?.trial == nil && seen?.snapshots == [], "something of it is left")
            await trial.check(changed, keeps: changed.old, and: changed.new, goes: true)
        },
        Scenario("what is kept of a change that was not proved yet stays") { trial in
            let changed = try await trial.beginChange()
            await trial.expect(.done, changed.step(.keepState))
            await trial.expect(.done, changed.step(.edit(changed.edit)))
            await trial.expect(.unchanged, changed.step(.clearTrial(files: [changed.old])))
            let seen = await trial.domain(changed.domain.uuid)
            trial.check(seen?.snapshots.map(\.name) == [ChangeTrial.snapshot], "its snapshot is gone")
            await trial.check(changed, keeps: changed.old, and: changed.new, goes: false)
        },
        Scenario("the disks are kept before roles change, once, and that goes once") { trial in
            let changed = try await trial.beginChange(isTried: false)
            let keep = changed.step(.keepBeforeRoles(roles: ["web": "a"]))
            await trial.expectOnce(keep)
            var seen = await trial.domain(changed.domain.uuid)
            trial.check(seen?.snapshots.map(\.name) == [ChangeTrial.roleSnapshot], "there is no snapshot")
            trial.check(seen?.mark?.roleTrial?.stage == .made, "its mark does not say so")
            trial.check(seen?.mark?.roleTrial?.target == ["web": "a"], "its mark does not say what is tried")
            await trial.expectOnce(changed.step(.settleRoles))
            seen = await trial.domain(changed.domain.uuid)
            trial.check(seen?.mark?.roleTrial == nil && seen?.snapshots == [], "something of it is left")
        },
        Scenario("a change of roles that failed in an earlier run is ended: the disks are back, and the guest runs") {
            trial in
            let changed = try await trial.beginChange(isTried: false)
            await trial.expect(.done, changed.step(.keepBeforeRoles(roles: ["web": "a"])))
            let end = changed.step(.endRoleTrial(changed.domain.isRunning, hasFailed: true))
            await trial.expectOnce(end)
            let seen = await trial.domain(changed.domain.uuid)
            trial.check(seen?.power == .running, "it does not run again")
            trial.check(seen?.mark?.roleTrial == nil && seen?.snapshots == [], "something of it is left")
        },
    ]
}

/// A domain that is off, and a change of it that can be taken back.
private struct RiskyChange {
    let domain: DomainDefinition
    /// Where its root disk is before, and where it is by the change.
    let old: String
    let new: String

    /// The definition with the change.
    var edit: DomainEdit {
        var mark = domain.mark
        mark.trial?.stage = .made
        return DomainEdit(items: [.vcpus(2), .disk(.init(name: "root", path: new, serial: nil))], mark: mark)
    }

    /// What waits for it to prove good.
    var proof: Reconciler.Operation { step(.verify(domain.isRunning, files: [old])) }

    func step(_ action: DomainUpdate.Action) -> Reconciler.Operation {
        .update(DomainUpdate(uuid: domain.uuid, name: domain.name, action: action))
    }
}

extension Trial {
    /// A domain whose mark says that a change of it began.
    fileprivate func beginChange(isTried: Bool = true) async throws -> RiskyChange {
        var domain = Things.domain("a", in: node.folder)
        let old = domain.disks[0].path
        let new = "\(node.folder)/new.qcow2"
        domain.mark.phase = .active
        guard isTried else {
            try await makeWhole(domain)
            return RiskyChange(domain: domain, old: old, new: new)
        }
        domain.mark.trial = ChangeTrial(stage: .begun, target: ["vcpus": "2"])
        domain.mark.trial?.oldFiles = ["root": old]
        domain.mark.trial?.newFiles = ["root": new]
        try await makeWhole(domain)
        try await node.makeDisk(new)
        return RiskyChange(domain: domain, old: old, new: new)
    }

    fileprivate mutating func check(
        _ change: RiskyChange, keeps kept: String, and other: String, goes isGone: Bool
    ) async {
        let (keptIsThere, otherIsThere) = (await node.exists(kept), await node.exists(other))
        check(keptIsThere, "\(kept) is gone")
        check(otherIsThere != isGone, "\(other) is \(otherIsThere ? "still there" : "gone")")
    }
}
