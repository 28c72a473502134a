import Spec

/// Changes of roles before which the disks of their guest are kept (`snapshotBefore: [provision]`).
///
/// Once the changes are shown: the mark says which roles are tried, and the disks are kept as they are; the roles
/// change, and one that fails takes the disks back and tells its guest so; after the last of them what was kept goes.
extension RoleEmitter {
    /// What tells the roles that are tried, by their names; nil where nothing is kept before.
    ///
    /// A guest that is new, gets a new root disk, or was off has nothing that the plan saw and could lose.
    func tried(_ work: RoleWork) -> [String: String]? {
        guard work.instance.changes.snapshotBefore.contains(.provision), !work.isNew, work.isSeen, !work.fields.isEmpty,
            owned[work.instance.name]?.mark.phase == .active
        else { return nil }
        let tried = work.steps.compactMap { item in item.change.spec.map { (item.change.role.text, $0) } }
        return tried.isEmpty ? nil : Dictionary(tried, uniquingKeysWith: { $1 })
    }

    /// Says that roles stay as they are where the snapshot that the spec wants cannot be taken.
    mutating func isRefused(_ tried: [String: String]?, _ work: RoleWork) -> Bool {
        guard tried != nil, isFresh(work),
            let (reason, remedy) = owned[work.instance.name]?.domain.snapshotObstacle ?? work.instance.snapshotObstacle
        else { return false }
        unfit.insert(work.instance.name)
        graph.findings.refusals.append(
            Plan.Refusal(
                work.object, reason: "the change of its roles needs a snapshot first, but \(reason)",
                remedy: "\(remedy), or remove `provision` from snapshotBefore",
                position: work.instance.positions["snapshotBefore"] ?? work.instance.position))
        return true
    }

    /// Keeps the disks, once those are ready that the roles wait for: what comes after is undone where it fails.
    mutating func keep(_ tried: [String: String]?, _ work: inout RoleWork) {
        guard let tried else { return }
        var awaited = AwaitedInstances()
        for item in work.steps {
            awaited.required += item.awaited.required
            awaited.ended += item.awaited.ended
        }
        let requires = needs(awaited, &work)
        addUpdate(
            .keepBeforeRoles(roles: tried), "keep-roles", requires, awaited.ended.map(Requirement.back), &work)
    }

    /// How a guest goes back to what is kept.
    func rollback(_ work: RoleWork) -> RoleRollback? {
        check(work).map { RoleRollback(check: $0, isFresh: isFresh(work)) }
    }

    /// Whether this plan keeps the disks itself, and does not go on with what an earlier run kept.
    private func isFresh(_ work: RoleWork) -> Bool {
        guard let owned = owned[work.instance.name], owned.mark.roleTrial?.stage == .made else { return true }
        return !owned.domain.snapshots.contains { $0.name == ChangeTrial.roleSnapshot }
    }

    /// Removes what an earlier run left of a change of roles that has come to an end.
    mutating func settleEarlier(_ work: inout RoleWork) {
        guard let trial = earlierTrial(work), !work.undecided.contains(where: { trial.target[$0.text] != nil }) else {
            return
        }
        showTrial("an earlier run left the rollback state of its roles", [], work)
        addUpdate(.settleRoles, "settle-roles", work.before, [], &work)
    }

    /// Whether the roles of an instance have to wait, since an earlier run left a change of them open and nobody sees by
    /// now what the guest has, or its disks are coming back.
    mutating func holdsRoles(_ work: inout RoleWork, _ owned: OwnedDomain?) -> Bool {
        guard let trial = earlierTrial(work), trial.isOpen else { return false }
        let isRunning = owned?.domain.power == .running
        guard trial.stage == .goingBack || work.isBooting else { return false }
        unfit.insert(work.instance.name)
        if isRunning, trial.stage == .goingBack {
            endTrial("an earlier run was cut off while it rolled back a change of its roles", &work)
        } else if isRunning, trial.stage == .made {
            endTrial("an earlier run changed its roles, and it is not ready", &work)
        } else {
            // Who starts a guest whose disks were coming back finishes that first.
            if trial.stage != .made { settleEarlier(&work) }
            graph.findings.note(
                about: [work.object],
                "its roles are compared by the next apply: an earlier run had not finished changing them"
            )
        }
        return true
    }

    /// Whether a change of roles of an earlier run is ended instead of changing any: one failed, or the guest is silent.
    mutating func endsTrial(_ work: inout RoleWork) -> Bool {
        guard earlierTrial(work)?.stage == .made else { return false }
        if work.hasFailed {
            endTrial("a change of its roles failed in an earlier run, which was cut off before the rollback", &work)
        } else if !work.unread.isEmpty {
            endTrial("an earlier run changed its roles, and its guest cannot be asked", &work)
        } else {
            return false
        }
        return true
    }

    /// Whether an attempt at a role that is on trial is one that the guest has taken back by itself.
    func hasFailed<Kind: RoleKind>(_ role: Name, _ kind: Kind.Type, _ seen: Kind.Observed, _ work: RoleWork) -> Bool {
        guard let trial = earlierTrial(work), trial.stage == .made, let spec = trial.target[role.text] else {
            return false
        }
        return kind.failedAttempt(in: seen, of: work.instance.name)?.spec == spec
    }

    /// What the mark says of a change of roles by an earlier run.
    private func earlierTrial(_ work: RoleWork) -> ChangeTrial? {
        work.isNew ? nil : owned[work.instance.name]?.mark.roleTrial
    }

    private mutating func endTrial(_ reason: String, _ work: inout RoleWork) {
        guard let check = check(work) else { return }
        unfit.insert(work.instance.name)
        showTrial(reason, ["its disks are rolled back where that is still possible; apply again afterwards"], work)
        let requires = needs(AwaitedInstances(), &work).filter { !work.before.contains($0) }
        // However what comes before ends: a guest that does not get ready is to go back as well.
        addUpdate(.endRoleTrial(check, hasFailed: work.hasFailed), "end-roles", requires, work.before, &work)
        if let last = work.last { graph.fulfil(.back(work.instance.name), by: [last]) }
    }

    private mutating func showTrial(_ reason: String, _ details: [String], _ work: RoleWork) {
        graph.findings.changes.append(
            Change(.update, work.object, reason: reason, details: details, position: work.instance.position))
    }

    /// How to see that a guest that was rolled back runs again.
    private func check(_ work: RoleWork) -> ReadinessCheck? {
        let step = readyStep(work.instance, on: work.node, uuid: work.uuid, name: work.name, after: nil)
        guard case .domain(.awaitReady(let check)) = step.operation else { return nil }
        return check
    }

    mutating func addUpdate(
        _ action: DomainUpdate.Action, _ segment: String, _ requires: [Requirement], _ after: [Requirement],
        _ work: inout RoleWork
    ) {
        let step = StepID("\(work.node)/instance/\(work.instance.name)/\(segment)")
        add(
            PlannedStep(
                id: step, node: work.node, object: work.object,
                operation: .update(DomainUpdate(uuid: work.uuid, name: work.name, action: action)),
                requires: requires, after: after))
        work.last = step
    }
}
