import Spec

extension PlanChecker {
    /// Of a disk that is being moved to another pool, the file that is used is never the one that goes, the mark knows both before
    /// the second is made, and files of others are neither written nor removed.
    static func checkDiskMoves(_ evidence: Evidence) -> [Violation] {
        evidence.steps(where: \.isUpdate).flatMap { index, step -> [Violation] in
            guard case .update(let update) = step.operation, case .moveDisk(let stage, let move) = update.action
            else { return [] }
            guard let domain = evidence.owned(Evidence.Place(node: step.node, uuid: update.uuid)) else {
                // What another rule says of it is enough.
                return []
            }
            return [
                checkEnds(move, domain, index, step, evidence), checkStage(stage, move, domain, index, step, evidence),
                checkTarget(stage, move, domain, step, evidence), checkOtherChanges(domain, step, evidence),
            ].compactMap(\.self)
        }
    }

    private static func checkEnds(
        _ move: DiskMove, _ domain: ObservedDomain, _ index: Int, _ step: Step, _ evidence: Evidence
    ) -> Violation? {
        guard move.paths.from != move.paths.to, move.paths.from.hasPrefix("/"), move.paths.to.hasPrefix("/") else {
            return Violation(.diskMove, step.id, "\(move.paths.from) and \(move.paths.to) are not two different files")
        }
        if domain.mark?.isAdopted == true {
            return Violation(.diskMove, step.id, "kvmctl does not own the disks of an adopted domain")
        }
        let isCleared = evidence.requires(index) { other in
            guard case .update(let update) = evidence.plan.steps[other].operation, update.uuid == domain.uuid
            else { return false }
            if case .clearTrial = update.action { return true } else { return false }
        }
        if domain.snapshots.contains(where: { !isCleared || $0.name != ChangeTrial.snapshot }) {
            return Violation(.diskMove, step.id, "snapshots of \(domain.name) refer to \(move.paths.from)")
        }
        return nil
    }

    private static func checkStage(
        _ stage: DiskMove.Stage, _ move: DiskMove, _ domain: ObservedDomain, _ index: Int, _ step: Step,
        _ evidence: Evidence
    ) -> Violation? {
        func waits(for wanted: DiskMove.Stage, _ paths: DomainMark.DiskPaths) -> Bool {
            evidence.requires(index) { other in
                guard case .update(let update) = evidence.plan.steps[other].operation,
                    update.uuid == domain.uuid, case .moveDisk(wanted, let earlier) = update.action
                else { return false }
                return earlier.disk == move.disk && earlier.paths == paths
            }
        }
        func uses(_ path: String) -> Bool {
            domain.definedDisks.contains { $0.name == move.disk && $0.path == path }
                && domain.running?.disks.first { $0.name == move.disk }.map { $0.path == path } ?? true
        }
        let isKnown = domain.mark?.diskPaths[move.disk] == move.paths
        switch stage {
        case .begin:
            if let paths = domain.mark?.diskPaths[move.disk], paths != move.paths, !waits(for: .leave, paths),
                !waits(for: .abandon, paths)
            {
                return Violation(.diskMove, step.id, "the mark would forget \(paths.from) or \(paths.to)")
            }
            return nil
        case .copy:
            return isKnown || waits(for: .begin, move.paths)
                ? nil : Violation(.diskMove, step.id, "no mark records its destination yet")
        case .leave:
            return waits(for: .copy, move.paths) || isKnown && uses(move.paths.to)
                ? nil : Violation(.diskMove, step.id, "the domain may use \(move.paths.from)")
        case .abandon:
            return isKnown && uses(move.paths.from)
                ? nil : Violation(.diskMove, step.id, "the domain may use \(move.paths.to)")
        }
    }

    private static func checkTarget(
        _ stage: DiskMove.Stage, _ move: DiskMove, _ domain: ObservedDomain, _ step: Step, _ evidence: Evidence
    ) -> Violation? {
        guard let node = evidence.nodes[step.node] else { return nil }
        for path in [move.paths.from, move.paths.to] {
            if let other = node.domains.first(where: { other in
                other.uuid != domain.uuid && other.disks.contains { $0.path == path }
            }), stage != .leave || path == move.paths.from {
                return Violation(.foreignName, step.id, "domain \(other.name) uses \(path)")
            }
        }
        let known = domain.mark?.diskPaths.values.flatMap { [$0.from, $0.to] } ?? []
        guard stage == .begin, node.volumes[move.paths.to] != nil, !known.contains(move.paths.to) else { return nil }
        return Violation(.foreignName, step.id, "\(move.paths.to) exists already and does not belong to this cluster")
    }

    /// Nothing takes the domain to another node, or away, in the same plan.
    private static func checkOtherChanges(
        _ domain: ObservedDomain, _ step: Step, _ evidence: Evidence
    ) -> Violation? {
        let steps = evidence.domainSteps[Evidence.Place(node: step.node, uuid: domain.uuid)] ?? []
        let isLeaving = steps.contains { other in
            let operation = evidence.plan.steps[other].operation
            if case .move(let part) = operation { return part.stage != .finish && part.stage != .leave }
            return operation.isUndefinition || operation.isMarkDeleting
        }
        return isLeaving ? Violation(.diskMove, step.id, "\(domain.name) leaves the node in the same plan") : nil
    }
}
