import Spec

extension PlanChecker {
    /// A risky change that the spec wants to be able to roll back: its mark comes first, then its state is kept while it is
    /// off, then it changes, and what starts it verifies it, however that goes.
    static func checkTrials(_ evidence: Evidence) -> [Violation] {
        evidence.domainSteps.sorted { ($0.key.node, $0.key.uuid) < ($1.key.node, $1.key.uuid) }.flatMap { place, own in
            guard let domain = evidence.owned(place), let mark = domain.mark else { return [Violation]() }
            return checkWanted(domain, mark, own, evidence) + checkOrder(domain, mark, own, evidence)
                + checkNothingIsForgotten(domain, mark, own, evidence)
        }
    }

    /// No disk is made anew and no machine rebooted for a change without what the spec asks for.
    private static func checkWanted(
        _ domain: ObservedDomain, _ mark: DomainMark, _ own: [Int], _ evidence: Evidence
    ) -> [Violation] {
        let steps = evidence.plan.steps
        // By the name that it gets, where it gets one.
        let names = own.compactMap { steps[$0].operation.edit?.mark.instance } + [mark.instance]
        guard case .apply = evidence.intent, mark.phase == .active,
            let instance = names.lazy.compactMap({ evidence.cluster.instances[$0] }).first
        else { return [] }
        var found: [Violation] = []
        let risks = instance.changes.snapshotBefore
        for index in own where risks.contains(.replace) && steps[index].operation.edit?.mark.phase == .replacing {
            found.append(Violation(.trial, steps[index].id, "its root disk is deleted without a rollback state"))
        }
        let hasEdit = own.contains { index in
            steps[index].operation.edit?.items.contains { if case .vcpus = $0 { true } else { $0.isMemoryOrCPU } }
                ?? false
        }
        let isRebooted = own.contains { start in
            guard steps[start].operation.isStart else { return false }
            return own.contains { stop in
                guard case .update(let update) = steps[stop].operation, case .stop = update.action else {
                    return false
                }
                return evidence.requires(start) { $0 == stop }
            }
        }
        let isReplaced = own.contains { steps[$0].operation.edit?.mark.phase == .replacing }
        if risks.contains(.update), !isReplaced, hasEdit, isRebooted,
            !own.contains(where: { steps[$0].operation.isStateKept })
        {
            found.append(Violation(.trial, own.first.map { steps[$0].id }, "it is rebooted without a rollback state"))
        }
        return found
    }

    private static func checkOrder(
        _ domain: ObservedDomain, _ mark: DomainMark, _ own: [Int], _ evidence: Evidence
    ) -> [Violation] {
        let steps = evidence.plan.steps
        var found: [Violation] = []
        func stage(_ index: Int) -> ChangeTrial.Stage? { steps[index].operation.edit?.mark.trial?.stage }
        func trial(_ index: Int) -> ChangeTrial? { steps[index].operation.edit?.mark.trial }
        let isRunning = domain.power != .shutOff && domain.power != .crashed
        let makes = own.filter { stage($0) == .made && mark.trial?.stage != .made }
        for index in own where steps[index].operation.isStateKept {
            if mark.trial?.stage == .made {
                found.append(Violation(.trial, steps[index].id, "the last good state would be discarded"))
            }
            if mark.trial?.isOpen == true, !evidence.requires(index, { steps[$0].operation.clearsTrial }) {
                found.append(Violation(.trial, steps[index].id, "an older rollback state may still exist"))
            }
            if !evidence.requires(index, { own.contains($0) && stage($0) == .begun }) {
                found.append(Violation(.trial, steps[index].id, "the mark may not record the change on trial"))
            }
            if isRunning, !evidence.requires(index, { own.contains($0) && steps[$0].operation.isStop }) {
                found.append(Violation(.trial, steps[index].id, "its domain may be running"))
            }
        }
        for index in makes {
            if !evidence.requires(index, { own.contains($0) && steps[$0].operation.isStateKept }) {
                found.append(Violation(.trial, steps[index].id, "the rollback state may be missing"))
            }
            let place = Evidence.Place(node: steps[index].node, uuid: domain.uuid)
            for start in own where steps[start].operation.isStart && !isResumption(start, place, own, evidence) {
                let isVerified = own.contains { verification in
                    guard case .update(let update) = steps[verification].operation, case .verify = update.action else {
                        return false
                    }
                    return steps[verification].after.contains(steps[start].id)
                }
                if !isVerified { found.append(Violation(.trial, steps[start].id, "no step verifies its change")) }
                if !evidence.requires(start, { $0 == index }) {
                    found.append(Violation(.trial, steps[start].id, "it may start before its change"))
                }
            }
        }
        for index in own {
            guard let path = steps[index].operation.madeFile, let trial = makes.compactMap(trial).first,
                trial.newFiles.values.contains(path)
            else { continue }
            if !evidence.requires(index, { own.contains($0) && stage($0) == .begun }) {
                found.append(Violation(.trial, steps[index].id, "no mark would refer to \(path)"))
            }
            if domain.disks.contains(where: { $0.path == path }) {
                found.append(Violation(.trial, steps[index].id, "\(path) is in use"))
            }
        }
        return found
    }

    /// The record of a trial goes only with what it left, and what ends one removes none of the domain's disks.
    private static func checkNothingIsForgotten(
        _ domain: ObservedDomain, _ mark: DomainMark, _ own: [Int], _ evidence: Evidence
    ) -> [Violation] {
        let steps = evidence.plan.steps
        var found: [Violation] = []
        for index in own {
            let operation = steps[index].operation
            let known = mark.trial?.files ?? []
            let new = own.compactMap { steps[$0].operation.edit?.mark.trial }.reduce(into: Set<String>()) {
                $0.formUnion($1.oldFiles.values)
            }
            for file in operation.endedFiles where !known.union(new).contains(file) {
                found.append(Violation(.trial, steps[index].id, "\(file) is not a file of its change"))
            }
            guard let edit = operation.edit, let trial = mark.trial, trial.isOpen else { continue }
            let isKept = edit.mark.trial?.files.isSuperset(of: trial.files) ?? trial.files.isEmpty
            let isCleared = evidence.requires(index) { own.contains($0) && steps[$0].operation.clearsTrial }
            if trial.stage == .made ? edit.mark.trial != trial : !isKept && !isCleared {
                found.append(Violation(.trial, steps[index].id, "the rollback state of a change would be forgotten"))
            }
        }
        return found
    }
}

extension DomainEdit.Item {
    fileprivate var isMemoryOrCPU: Bool {
        switch self {
        case .memory, .machine: true
        default: false
        }
    }
}
