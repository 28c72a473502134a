import Spec

extension PlanChecker {
    /// Nothing runs twice, and nothing goes from the source before the destination has it.
    static func checkMoves(_ evidence: Evidence) -> [Violation] {
        evidence.steps(where: { $0.isMove || $0.isStart }).flatMap { index, step -> [Violation] in
            if case .domain(.start) = step.operation { return checkStart(step, index, evidence) }
            guard case .move(let part) = step.operation else { return [] }
            let (stage, move) = (part.stage, part.move)
            return [
                checkPlace(stage, move, step), checkOwner(stage, move, step, evidence),
                checkOrder(stage, move, index, step, evidence), checkFiles(stage, move, step, evidence),
                checkRecord(stage, move, index, step, evidence), checkRoute(stage, move, step, evidence),
                checkFolders(stage, move, step, evidence),
            ].compactMap(\.self)
        }
    }

    private static func checkPlace(_ stage: InstanceMove.Stage, _ move: InstanceMove, _ step: Step) -> Violation? {
        if step.node == move.node(of: stage), move.from != move.to { return nil }
        return Violation(.move, step.id, "the stage \(stage.rawValue) must not run on \(step.node)")
    }

    /// What moves carries this cluster's mark, is of this run's parts, and both ends of its migration were seen, or the one
    /// that was not is lost and nothing is done there.
    private static func checkOwner(
        _ stage: InstanceMove.Stage, _ move: InstanceMove, _ step: Step, _ evidence: Evidence
    ) -> Violation? {
        let places = [move.from, move.to].map { Evidence.Place(node: $0, uuid: move.uuid) }
        let ours = places.compactMap { evidence.domains[$0] }.filter { Evidence.owns(evidence.identity, $0) }
        guard let mark = ours.first?.mark, mark.instance == move.instance else {
            return Violation(.ownership, step.id, "neither node has domain \(move.uuid) with a mark of this cluster")
        }
        guard evidence.cluster.parts.contains(mark.part) else {
            return Violation(.part, step.id, "part \(mark.part) is not this run's")
        }
        let seen = evidence.seen[move.instance] ?? []
        if seen.contains(where: { !places.contains($0) }), mark.move == move.mark {
            return Violation(.oneHome, step.id, "instance \(move.instance) is on neither node of its migration")
        }
        if seen.count > 1, ours.contains(where: { $0.mark?.move == nil }) {
            return Violation(.oneHome, step.id, "instance \(move.instance) exists twice, but is not migrating")
        }
        for node in [move.from, move.to] where evidence.nodes[node] == nil {
            let isGone = evidence.cluster.nodes[node]?.state == .lost && (stage == .finish || stage == .forget)
            if !isGone { return Violation(.unreachableNode, step.id, "\(node) did not answer") }
        }
        return nil
    }

    /// A guest migrates encrypted where the spec says so, and nowhere that was seen not to be able to run it.
    private static func checkRoute(
        _ stage: InstanceMove.Stage, _ move: InstanceMove, _ step: Step, _ evidence: Evidence
    ) -> Violation? {
        guard stage == .begin || stage == .migrate || stage == .relocate else { return nil }
        if stage == .migrate, evidence.cluster.migration.encrypted, move.transport != .ssh {
            return Violation(.move, step.id, "it would be migrated without encryption")
        }
        let route = evidence.routes[move.path]
        if let path = route?.unshared.first(where: {
            evidence.nodes[move.to]?.isYetToMount($0, in: evidence.cluster) != true
        }) {
            return Violation(.move, step.id, "\(path) would be left behind")
        }
        if let domain = evidence.domains[Evidence.Place(node: move.from, uuid: move.uuid)], let tie = domain.ties.first
        {
            return Violation(.move, step.id, "\(tie) would be left behind")
        }
        guard move.isLive, let missing = route?.missingCPU else { return nil }
        return Violation(.move, step.id, "\(move.to) does not support its CPU model \(missing.model)")
    }

    /// What must have succeeded before a stage, where an earlier run has not done it.
    private static func checkOrder(
        _ stage: InstanceMove.Stage, _ move: InstanceMove, _ index: Int, _ step: Step, _ evidence: Evidence
    ) -> Violation? {
        func waits(for stages: InstanceMove.Stage...) -> Bool {
            isAfter(index, evidence) { operation in
                guard case .move(let other) = operation else { return false }
                return stages.contains(other.stage) && other.move.uuid == move.uuid && other.move.mark == move.mark
            }
        }
        let source = evidence.domains[Evidence.Place(node: move.from, uuid: move.uuid)]
        let destination = evidence.domains[Evidence.Place(node: move.to, uuid: move.uuid)]
        let isMarked = source?.mark?.move == move.mark || destination?.mark?.move == move.mark
        let isThere = destination?.mark?.move == move.mark
        let verdict = MoveEnds(move.mark, source: source, destination: destination).verdict
        switch stage {
        case .begin: return nil
        case .prepare:
            return waits(for: .begin) ? nil : Violation(.move, step.id, "no mark records its destination yet")
        case .migrate, .relocate:
            return waits(for: .prepare) ? nil : Violation(.move, step.id, "the destination is not prepared")
        case .resume:
            return destination?.mark?.move == move.mark && destination?.postCopy != nil
                ? nil : Violation(.move, step.id, "\(move.to) is not fetching its memory")
        case .leave:
            if waits(for: .migrate, .relocate, .resume) { return nil }
            if destination?.postCopy != nil {
                return Violation(.move, step.id, "the destination still needs the source's memory")
            }
            guard isThere, verdict == .destination else {
                return Violation(.move, step.id, "the destination may not have it yet")
            }
            return nil
        case .finish:
            let isClean =
                waits(for: .leave)
                || isThere && verdict == .destination && evidence.cluster.nodes[move.from]?.state == .lost
            return isClean ? nil : Violation(.move, step.id, "files may be left on \(move.from)")
        case .discard:
            let isSafe = source?.mark?.move == move.mark && verdict == .source && source?.postCopy == nil
            return isSafe
                ? nil : Violation(.move, step.id, "\(move.to) may have the only copy")
        case .forget:
            let isClean = waits(for: .discard) || evidence.cluster.nodes[move.to]?.state == .lost
            return isMarked && isClean ? nil : Violation(.move, step.id, "files may be left on \(move.to)")
        }
    }

    /// Files of others are neither written nor removed.
    private static func checkFiles(
        _ stage: InstanceMove.Stage, _ move: InstanceMove, _ step: Step, _ evidence: Evidence
    ) -> Violation? {
        guard stage == .prepare || stage == .relocate || stage == .leave || stage == .discard,
            let node = evidence.nodes[step.node]
        else { return nil }
        let source = evidence.domains[Evidence.Place(node: move.from, uuid: move.uuid)]
        let destination = evidence.domains[Evidence.Place(node: move.to, uuid: move.uuid)]
        // Each end has its own paths; what it does not have yet, or no more, is told by the other's and the mapping of folders.
        let paths = move.paths(of: stage)
        let isOther = stage.isOnSource ? source == nil : destination == nil
        let known = stage.isOnSource ? source ?? destination : destination ?? source
        let own = Set((known?.disks.map(\.path) ?? []).map { isOther ? path($0, at: stage, of: move) : $0 })
        if let path = paths.first(where: { !own.contains($0) }) {
            return Violation(.ownership, step.id, "the mark of its domain does not refer to \(path)")
        }
        let shared = Set([source, destination].flatMap { $0?.mark?.move?.sharedFolders ?? [] })
        if let path = paths.first(where: { shared.contains(DomainMark.Move.folder(of: $0)) }) {
            return Violation(
                .move, step.id, "both \(move.from) and \(move.to) have \(path) on shared storage")
        }
        let isMarked = source?.mark?.move == move.mark || destination?.mark?.move == move.mark
        for path in paths {
            if let other = node.domains.first(where: { other in
                other.uuid != move.uuid && other.disks.contains { $0.path == path }
            }), stage == .prepare || stage == .relocate {
                return Violation(.foreignName, step.id, "domain \(other.name) uses \(path)")
            }
            if stage == .prepare, node.volumes[path] != nil, !isMarked {
                return Violation(.foreignName, step.id, "\(path) exists already and does not belong to this cluster")
            }
        }
        return nil
    }

    private static func path(_ path: String, at stage: InstanceMove.Stage, of move: InstanceMove) -> String {
        stage.isOnSource ? move.mark.sourcePath(path) : move.mark.destinationPath(path)
    }

    /// Files change their paths only from a pool's on the source to the same pool's on the destination, which is not the
    /// same storage, and no two come to lie in one place.
    private static func checkFolders(
        _ stage: InstanceMove.Stage, _ move: InstanceMove, _ step: Step, _ evidence: Evidence
    ) -> Violation? {
        if Set(move.destinationPaths).count < move.sourcePaths.count {
            return Violation(.move, step.id, "two of its files would have the same path on \(move.to)")
        }
        guard stage == .begin || stage == .prepare else { return nil }
        let folder = move.folders.first { folder in
            !evidence.cluster.pools.keys.contains { name in
                guard let one = evidence.cluster.pool(name, on: move.from),
                    let two = evidence.cluster.pool(name, on: move.to)
                else { return false }
                return one.path == folder.from && two.path == folder.to && !one.shared && !two.shared
            }
        }
        return folder.map {
            Violation(.move, step.id, "no pool exists at \($0.from) on \(move.from) and at \($0.to) on \(move.to)")
        }
    }

    /// Before it begins, the rosters of both ends say that it may be on either.
    private static func checkRecord(
        _ stage: InstanceMove.Stage, _ move: InstanceMove, _ index: Int, _ step: Step, _ evidence: Evidence
    ) -> Violation? {
        guard stage == .begin else { return nil }
        for node in [move.from, move.to] {
            let isRecorded = evidence.graph.requires[index].contains { other in
                let write = evidence.plan.steps[other]
                guard write.node == node, case .roster(.write(let roster)) = write.operation else { return false }
                let entry = roster.instances[move.instance]
                return entry?.node == move.from && entry?.alsoOn == move.to
            }
            let isEarlier = isAfter(index, evidence) { operation in
                guard case .roster(.write(let roster)) = operation, let entry = roster.instances[move.instance] else {
                    return false
                }
                return Set([entry.node, entry.alsoOn]) == Set([move.from, move.to])
            }
            if !isRecorded, !isEarlier {
                return Violation(.roster, step.id, "the roster on \(node) would not record the migration to \(move.to)")
            }
        }
        return nil
    }

    /// An instance that is migrating starts only where the other end was seen not to run it.
    private static func checkStart(_ step: Step, _ index: Int, _ evidence: Evidence) -> [Violation] {
        guard let uuid = step.operation.domain else { return [] }
        let here = evidence.domains[Evidence.Place(node: step.node, uuid: uuid)]
        guard let here else {
            // It comes here in this plan, or is made here.
            let isMade = isAfter(index, evidence) { operation in
                if case .move(let part) = operation, part.stage == .leave {
                    return part.move.uuid == uuid && part.move.to == step.node
                }
                return operation.isDefinition && operation.domain == uuid
            }
            return isMade ? [] : [Violation(.move, step.id, "its other copy may still exist")]
        }
        guard let move = here.mark?.move, Evidence.owns(evidence.identity, here) else { return [] }
        let other = move.otherEnd(than: step.node)
        if here.wasLeftPausedByMigration, evidence.nodes[other] == nil {
            return [Violation(.move, step.id, "\(other) may have run it after it was paused here")]
        }
        if evidence.cluster.nodes[other]?.state == .lost { return [] }
        guard evidence.nodes[other] != nil else {
            return [Violation(.move, step.id, "\(other) did not answer and may run it")]
        }
        let there = evidence.domains[Evidence.Place(node: other, uuid: uuid)]
        let isHere = step.node == move.from
        let ends = MoveEnds(move, source: isHere ? here : there, destination: isHere ? there : here)
        guard ends.verdict == (isHere ? .source : .destination) else {
            return [Violation(.move, step.id, "\(step.node) may have an incomplete copy")]
        }
        // A copy that is on its way out is forgotten before anything starts.
        let isGone = isAfter(index, evidence) { operation in
            guard case .move(let part) = operation, part.stage == .leave else { return false }
            return part.move.uuid == uuid && part.move.from == other
        }
        return isGone || there == nil || isHere ? [] : [Violation(.move, step.id, "\(other) may run it")]
    }

    /// Whether a step waits, over any nodes, for the success of one whose operation matches.
    private static func isAfter(_ index: Int, _ evidence: Evidence, _ matches: (Operation) -> Bool) -> Bool {
        evidence.graph.requires(index) { matches(evidence.plan.steps[$0].operation) }
    }
}
