import Spec

/// The fifth stage: finds out what every instance that is there needs, field by field, and refuses what must not be done.
///
/// What one instance needs is decided apart and committed only where it is accepted: what is refused leaves no trace in
/// the capacity of nodes and pools, in rosters, or in the plans of others.
struct InstanceComparer: AssignmentReading {
    let index: FleetIndex
    let classification: Classification
    let assignments: Assignments
    let identities: Identities
    var outcomes: Outcomes
    /// What nodes give to the instances that are made there.
    private var newDemand: NodeDemands
    /// Capacities of nodes with what accepted updates grow by.
    private var grown: [Name: NodeCapacity] = [:]
    /// Members of groups that run, were never seen ready, and wait for a move's end.
    private let heldMembers: [Name: [Name]]
    /// Bytes of pools' folders that disks will take, those of accepted updates among them.
    private(set) var promisedSpace: [Location: UInt64]

    static func compare(
        _ index: FleetIndex, _ classification: Classification, _ assignments: Assignments, _ identities: Identities
    ) -> Outcomes {
        var comparer = InstanceComparer(index, classification, assignments, identities)
        if !comparer.isDestroy { comparer.compareInstances() }
        return comparer.outcomes
    }

    private init(
        _ index: FleetIndex, _ classification: Classification, _ assignments: Assignments, _ identities: Identities
    ) {
        self.index = index
        self.classification = classification
        self.assignments = assignments
        self.identities = identities
        outcomes = Outcomes(classification, identities)
        heldMembers = Self.heldMembers(index, identities.existing)
        promisedSpace = assignments.promisedSpace
        newDemand = [:]
        newDemand = newDemands(of: identities.missing)
    }

    /// Members of groups that run, were never seen ready, and wait for a move's end, in order.
    private static func heldMembers(_ index: FleetIndex, _ existing: [Instance]) -> [Name: [Name]] {
        var found: [Name: [Name]] = [:]
        for instance in existing {
            guard let group = instance.group, index.awaitingMigration[instance.name] != nil,
                let owned = index.owned[instance.name], owned.domain.power == .running, !owned.mark.wasReady
            else { continue }
            found[group, default: []].append(instance.name)
        }
        return found
    }

    private mutating func compareInstances() {
        let failed = failedTrials()
        for instance in identities.existing where !isMidMigration(instance.name) {
            guard let owned = owned[instance.name], owned.domain.isPersistent,
                owned.mark.phase == .active || owned.mark.phase == .replacing
            else { continue }
            let (outcome, hasStaleRoot) = compare(instance, owned, failed)
            if hasStaleRoot { outcomes.staleRoots[instance.image, default: []].insert(instance.name) }
            // What is left alone keeps its identity, too.
            if case .update = outcome {} else { outcomes.nics[instance.name] = owned.mark.nics }
            switch outcome {
            case .update(let update): accept(update, of: instance.name, on: owned.node)
            case .postponed(let change): outcomes.findings.changes.append(change)
            case .refused(let refusals): outcomes.refuse(instance.name, refusals)
            }
        }
        outcomes.existing = outcomes.existing.without(outcomes.excluded)
    }

    /// What one instance needs, and whether its root disk stays though its image is another one now.
    private func compare(
        _ instance: Instance, _ owned: OwnedDomain, _ failed: [Name: [(trial: ChangeTrial, member: Name)]]
    ) -> (outcome: Outcome, hasStaleRoot: Bool) {
        let asked = instance.fields(inputs: inputs)
        let trials = recall(instance, owned, wanted: asked, failed)
        let comparison = Comparison(
            instance, owned, asked: asked, skipped: trials.skipped, power: wantedPower(of: instance))
        var update = InstanceUpdate(mark: owned.clearedMark)
        if trials.isStale {
            update.mark.trial = nil
            update.isRelabelled = true
            update.details.append("forgets that a change was tried and rolled back")
        }
        update.mark.protect = instance.protect
        compareFields(comparison, &update)
        return (outcome(of: &update, comparison, trials, asked), update.hasStaleRoot)
    }

    /// What becomes of an update that is known: it is made, waits, or is refused.
    private func outcome(
        of update: inout InstanceUpdate, _ comparison: Comparison, _ trials: TrialHistory, _ asked: [String: String]
    ) -> Outcome {
        let owned = comparison.owned
        guard update.refusals.isEmpty else { return .refused(update.refusals) }
        let isTrying = owned.mark.trial?.stage == .made
        if isTrying, update.isDisruptive {
            return postponed(update, comparison, "its last change is not verified yet; apply again when it is")
        }
        if owned.mark.roleTrial?.isOpen == true, update.isDisruptive {
            return postponed(update, comparison, "its roles are not settled yet; apply again when they are")
        }
        if isTrying, trials.skipped.contains(where: { owned.mark.applied[$0] != asked[$0] }) {
            update.isRelabelled = true
        }
        block(trials, wanted: asked, comparison, &update)
        if owned.domain.power == .shutOff, owned.domain.hasManagedSave, update.changesMachine {
            return keepSavedMemory(comparison, update)
        }
        if update.asksGuest, !update.isDisruptive, let why = pauseThatStays(comparison) {
            return postponed(update, comparison, why)
        }
        if moves[comparison.instance.name] != nil, !update.isEmpty {
            // Two things at once on one machine are two chances to lose it.
            return postponed(update, comparison, "it is migrated first; then apply again")
        }
        if update.isDisruptive, let away = awayForLong(beside: comparison.instance) {
            return postponed(update, comparison, "\(away) is not ready yet and waits for its migration to finish")
        }
        prepareTrial(wanted: asked, comparison, &update)
        separate(comparison, &update)
        guard update.refusals.isEmpty else { return .refused(update.refusals) }
        if update.isDisruptive { update.mark.wasReady = false }
        if !update.isEmpty { update.asked = asked }
        return .update(update)
    }

    /// A member of the instance's group that nobody can wait for, where as many are away as may be.
    ///
    /// It was never seen ready, and nothing is done to it before its move has ended.
    private func awayForLong(beside instance: Instance) -> Name? {
        guard let group = instance.group, let away = heldMembers[group] else { return nil }
        let others = away.filter { $0 != instance.name }
        return others.count >= max(1, instance.changes.maxUnavailable) ? others.first : nil
    }

    /// Why a guest is paused and stays so, since what runs in it takes part in no change then; nil where it runs, or will.
    private func pauseThatStays(_ comparison: Comparison) -> String? {
        let (owned, instance) = (comparison.owned, comparison.instance)
        guard owned.domain.power == .paused, !wasLeftPaused(owned) else { return nil }
        let pause = owned.domain.standstill
        switch comparison.power {
        case .off: return nil
        case .on where pause == nil: return nil
        case .on, .keep:
            let remedy = (pause ?? .byUser).remedy(owned.domain.name, on: owned.node.text)
            return "\(instance.name) is paused\(pause?.words ?? ""); \(remedy), and apply again"
        }
    }

    /// Shows what differs and is not done now.
    func postponed(_ update: InstanceUpdate, _ comparison: Comparison, _ why: String) -> Outcome {
        .postponed(
            Change(
                .update, ObjectReference(.instance, comparison.instance.name.text, on: comparison.owned.node),
                reason: "it differs from the spec", fields: update.fields, blocked: why,
                position: comparison.instance.position))
    }

    /// Takes an update into the plan, with all that it claims.
    private mutating func accept(_ update: InstanceUpdate, of instance: Name, on node: Name) {
        let claims = update.claims
        if claims.vcpus > 0 || claims.memory > 0 {
            var capacity = remainingCapacity(of: node)
            capacity.promise(vcpus: claims.vcpus, memory: claims.memory)
            grown[node] = capacity
        }
        promisedSpace.merge(claims.pools, uniquingKeysWith: UInt64.sum)
        promisedSpace.merge(claims.copies, uniquingKeysWith: UInt64.sum)
        outcomes.keptDisks += claims.kept
        outcomes.releasedPaths.formUnion(claims.retaken)
        guard !claims.kept.isEmpty else {
            outcomes.updates[instance] = AcceptedUpdate(update)
            return
        }
        var shown = update
        shown.details += claims.kept.map { disk in
            if goesAtOnce(disk, update) {
                return "data disk \(disk.disk) at \(disk.path) is deleted, as requested"
            }
            let isMeant = deletes(disk.disk.text, of: disk.instance)
            let why = isMeant ? unreachableUse(of: disk.path, on: disk.node) : nil
            return "data disk \(disk.disk) is kept at \(disk.path)" + (why.map { ": \($0)" } ?? "")
        }
        outcomes.updates[instance] = AcceptedUpdate(shown)
    }

    /// The capacity of a node with what this plan makes there and what accepted updates grow by.
    func remainingCapacity(of node: Name) -> NodeCapacity { grown[node] ?? capacity(of: node, with: newDemand) }
}
