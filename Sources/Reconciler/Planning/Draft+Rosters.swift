import Spec

extension Draft {
    /// The step that writes the roster to a node before anything is created or removed there.
    func openingRoster(_ node: Name) -> StepID { StepID("\(node)/roster/open") }

    /// Writes the roster to every node that answers: before the first creation what will be, after the last what is.
    mutating func planRosters() {
        let touches = steps.contains { step in
            switch step.operation {
            case .domain(.define), .domain(.markDeleting), .network(.define), .network(.delete), .move: true
            case .storage(.deleteVolume): step.object.kind == .disk
            case .update(let update):
                switch update.action {
                case .edit(let edit): isOnRecord(edit, update.uuid, step)
                case .moveDisk(let stage, _): stage == .copy
                default: false
                }
            default: false
            }
        }
        let closing = roster(isClosing: true)
        let isBehind = nodesBehind(closing)
        guard touches || !isBehind.isEmpty else { return }
        guard touches else {
            refresh(closing, on: isBehind)
            return
        }
        var opening = roster(isClosing: false)
        opening.generation = memory.generation + 1
        let work = steps.map(\.id)
        var last = closing
        last.generation = opening.generation
        let openers = answeredNames.map { rosterStep(openingRoster($0), on: $0, .roster(.write(opening))) }
        let barrier = needsOpeningBarrier ? [barrier(Draft.openingBarrier, after: openers)] : []
        steps.insert(contentsOf: openers.reversed() + barrier, at: 0)
        let moved = missing.filter { isMoving($0.name) }
        if !moved.isEmpty { addMovingRosters(moved, &last.generation, opening) }
        guard last != opening else { return }
        last.generation += 1
        // What it leaves out must be gone, or the next run would know nothing of it. One node's write stands for that,
        // and the others wait for it: every node waiting for every step would be a plan of nodes times steps.
        let assumed = steps.filter(leavesSomethingOut).map(\.id)
        var first: StepID?
        for node in answeredNames {
            var step = rosterStep(
                StepID("\(node)/roster/close"), on: node, isForgettable(last) ? .roster(.delete) : .roster(.write(last))
            )
            step.requires = [openingRoster(node)] + (first.map { [$0] } ?? assumed)
            if first == nil { step.after = work }
            add(step)
            first = first ?? step.id
        }
    }

    /// Whether an edit changes what the roster tells of an instance.
    private func isOnRecord(_ edit: DomainEdit, _ uuid: UniqueID, _ step: Step) -> Bool {
        if edit.items.contains(where: \.isOnRecord) { return true }
        guard let old = owned[edit.mark.instance]?.mark else { return true }
        return old.nics != edit.mark.nics || old.instance != edit.mark.instance || old.part != edit.mark.part
    }

    func rosterStep(_ id: StepID, on node: Name, _ operation: Operation) -> Step {
        Step(id: id, node: node, object: ObjectReference(.roster, "roster", on: node), operation: operation)
    }

    /// Whether the closing roster no longer tells of what the step removes or takes back.
    private func leavesSomethingOut(_ step: Step) -> Bool {
        switch step.operation {
        case .domain(.undefine): true
        case .move(let move): move.stage == .finish || move.stage == .forget
        case .storage(.deleteVolume): step.object.kind == .disk
        case .update(let update):
            // Only these take a disk or a name away from an instance.
            switch update.action {
            case .edit, .moveDisk(.copy, _): true
            default: false
            }
        case .domain(.define(let definition)):
            definition.disks.contains { releasedPaths.contains(Location(node: step.node, what: $0.path)) }
        default: false
        }
    }

    /// The nodes whose roster says something else.
    private func nodesBehind(_ roster: Roster) -> [Name] {
        var wanted = roster
        wanted.generation = memory.generation
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
        next.generation = memory.generation + 1
        for node in answeredNames {
            let object = ObjectReference(.roster, "roster", on: node)
            add(
                Step(
                    id: StepID("\(node)/roster/refresh"), node: node, object: object,
                    operation: isForgettable(next) ? .roster(.delete) : .roster(.write(next))))
        }
        for node in nodes {
            changes.append(
                Change(
                    .update, ObjectReference(.roster, "roster", on: node),
                    reason: "the node's memory of the cluster is not up to date"))
        }
    }

    /// A roster that says nothing need not be there.
    private func isForgettable(_ roster: Roster) -> Bool {
        roster.instances.isEmpty && roster.keptDisks.isEmpty && silent.isEmpty
    }
}
