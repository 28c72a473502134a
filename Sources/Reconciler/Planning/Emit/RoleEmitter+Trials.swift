import Spec

/// Changes of roles before which the disks of their guest are kept (`snapshotBefore: [provision]`).
///
/// Once the changes are shown: the mark says which roles are tried, and the disks are kept as they are; the roles
/// change, and one that cannot be applied takes the disks back; then what was kept goes.
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
        let name = work.instance.name
        guard tried != nil, owned[name]?.mark.roleTrial?.stage != .made,
            let (reason, remedy) = owned[name]?.domain.snapshotObstacle
        else { return false }
        unfit.insert(name)
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
            .keepBeforeRoles(roles: tried, remembered: work.rolledBack), "keep-roles", requires,
            awaited.ended.map(Requirement.back), &work)
    }

    /// Removes what was kept when the roles are applied, and what an earlier run left of that.
    mutating func settleRoles(isKept: Bool = false, _ work: inout RoleWork) {
        let domain = owned[work.instance.name]?.domain
        let old = work.isNew ? nil : owned[work.instance.name]?.mark.roleTrial
        let settle = DomainUpdate.Action.settleRoles(remembered: work.rolledBack)
        if isKept || old != nil && !work.steps.isEmpty && !unfit.contains(work.instance.name) {
            return addUpdate(settle, "settle-roles", work.before, [], &work)
        }
        guard let old else { return }
        let hasSnapshot = domain?.snapshots.contains { $0.name == ChangeTrial.roleSnapshot } ?? false
        if !work.rolledBack.isEmpty {
            // What was rolled back is remembered; its snapshot is not needed.
            guard hasSnapshot, old.stage == .rolledBack else { return }
        } else if unfit.contains(work.instance.name) {
            // Nobody knows whether the roles are as they should be.
            return
        }
        graph.findings.changes.append(
            Change(
                .update, work.object,
                reason: old.stage == .rolledBack && work.rolledBack.isEmpty
                    ? "it forgets that a change of its roles was tried and rolled back"
                    : "an earlier run left the rollback state of its roles",
                position: work.instance.position))
        addUpdate(settle, "settle-roles", work.before, [], &work)
    }

    /// How to see that a guest that was rolled back runs again.
    func check(_ work: RoleWork) -> ReadinessCheck? {
        let step = readyStep(work.instance, on: work.node, uuid: work.uuid, name: work.name, after: nil)
        guard case .domain(.awaitReady(let check)) = step.operation else { return nil }
        return check
    }

    /// Whether what failed is tried again: it is asked for, or a run was cut off while it tried.
    func retries(_ work: RoleWork) -> Bool {
        options.retries || owned[work.instance.name]?.mark.roleTrial?.stage == .made
    }

    /// Why a change of a role is not tried again; nil where it was never tried, or shall be.
    func rolledBack(_ role: Name, _ spec: String?, _ work: RoleWork) -> String? {
        guard let spec, !options.retries, !work.isNew, let trial = owned[work.instance.name]?.mark.roleTrial,
            trial.stage == .rolledBack, trial.target[role.text] == spec
        else { return nil }
        let why = trial.reason.map { ", because \($0)" } ?? ""
        return "it was tried, and the disks were rolled back at \(trial.rolledBackAt ?? "an unknown time")\(why); "
            + "change the spec, or apply with --retry"
    }

    /// What was tried of an instance's roles and rolled back, as its mark says: its guest does not know any more.
    func rolledBack(on instance: Name, as trial: ChangeTrial?) -> [(role: Name, attempt: FailedAttempt)] {
        guard let trial, trial.stage == .rolledBack else { return [] }
        return trial.target.sorted { $0.key < $1.key }.compactMap { role, spec in
            Name(role).map { ($0, FailedAttempt(instance: instance, spec: spec)) }
        }
    }

    private mutating func addUpdate(
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
