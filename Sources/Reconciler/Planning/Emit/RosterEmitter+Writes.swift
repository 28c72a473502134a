import Spec

extension RosterEmitter {
    /// Writes the roster to every node that answers: before the first creation what will be, after the last what is.
    mutating func planRosters() {
        let closing = roster(isClosing: true)
        let isBehind = nodesBehind(closing)
        let isChanging = graph.steps.contains { $0.record.contains(.isOnRecord) }
        guard isChanging || !isBehind.isEmpty else { return }
        guard isChanging else {
            refresh(closing, on: isBehind)
            return
        }
        var opening = roster(isClosing: false)
        opening.generation = history.generation + 1
        let work = graph.steps.map(\.id)
        var last = closing
        last.generation = opening.generation
        let openers = answeredNames.map { rosterStep(.opening, on: $0, .roster(.write(opening))) }
        graph.putFirst(openers.reversed() + barrier(of: .opening, after: openers))
        let moved = missing.filter { isMoving($0.name) }
        if !moved.isEmpty { addMovingRosters(moved, &last.generation, opening) }
        guard last != opening else { return }
        last.generation += 1
        // What it leaves out must be gone, or the next run would know nothing of it. One node's write stands for that,
        // and the others wait for it: every node waiting for every step would be a plan of nodes times steps.
        let assumed = graph.steps.filter(leavesSomethingOut).map(\.id)
        var first: StepID?
        for node in answeredNames {
            var step = rosterStep(
                .closing, on: node, isForgettable(last) ? .roster(.delete) : .roster(.write(last)))
            step.requires = [.roster(.opening, on: node)] + (first.map { [$0] } ?? assumed).map(Requirement.step)
            if first == nil { step.after = work.map(Requirement.step) }
            add(step)
            first = first ?? step.id
        }
    }

    func rosterStep(_ write: RosterWrite, on node: Name, _ operation: Operation) -> PlannedStep {
        PlannedStep(
            id: write.step(on: node), node: node, object: ObjectReference(.roster, "roster", on: node),
            operation: operation)
    }

    /// Whether the closing roster no longer tells of what the step removes or rolls back.
    private func leavesSomethingOut(_ step: PlannedStep) -> Bool {
        if step.record.contains(.leavesOut) { return true }
        guard case .domain(.define(let definition)) = step.operation else { return false }
        return definition.disks.contains { graph.releasedPaths.contains(Location(node: step.node, what: $0.path)) }
    }

    /// The nodes whose roster says something else.
    private func nodesBehind(_ roster: Roster) -> [Name] {
        var wanted = roster
        wanted.generation = history.generation
        wanted = wanted.content
        let mayBeMissing = isForgettable(wanted)
        // Nodes have copies of one roster: comparing a copy with the last good one takes no time.
        var lastGood: Roster?
        return answeredNames.filter { node in
            guard let there = answered[node]?.roster, there.cluster == identity else { return !mayBeMissing }
            if there == lastGood { return false }
            guard there.content == wanted else { return true }
            lastGood = there
            return false
        }
    }

    /// Brings the roster to nodes that missed its last writing, or corrects it after a run that failed in part.
    private mutating func refresh(_ roster: Roster, on nodes: [Name]) {
        var next = roster
        next.generation = history.generation + 1
        for node in answeredNames {
            let object = ObjectReference(.roster, "roster", on: node)
            add(
                PlannedStep(
                    id: StepID("\(node)/roster/refresh"), node: node, object: object,
                    operation: isForgettable(next) ? .roster(.delete) : .roster(.write(next))))
        }
        for node in nodes {
            graph.findings.changes.append(
                Change(
                    .update, ObjectReference(.roster, "roster", on: node),
                    reason: "the node's roster is out of date"))
        }
    }

    /// A roster that says nothing need not be there.
    private func isForgettable(_ roster: Roster) -> Bool {
        roster.instances.isEmpty && roster.keptDisks.isEmpty && unreachable.isEmpty
    }
}
