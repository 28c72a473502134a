import Spec

extension Draft {
    static let openingBarrier = StepID("roster/open")
    private static let movingBarrier = StepID("roster/move")

    /// What a step runs after that needs every answering node to know of it, as far as nodes still answer.
    ///
    /// One barrier for all: instances times nodes would be more edges than a large plan has room for.
    mutating func everyRoster(isMoving: Bool) -> [StepID] {
        guard answeredNames.count > 1 else { return [] }
        if isMoving { needsMovingBarrier = true } else { needsOpeningBarrier = true }
        return [isMoving ? Draft.movingBarrier : Draft.openingBarrier]
    }

    func barrier(_ id: StepID, after writes: [Step]) -> Step {
        let node = answeredNames.first ?? identity.name
        return Step(
            id: id, node: node, object: ObjectReference(.roster, "roster", on: nil), operation: .barrier,
            after: writes.map(\.id))
    }

    /// The step that tells a node of instances that are gone from one node and about to be made on another.
    func movingRoster(_ node: Name) -> StepID { StepID("\(node)/roster/move") }

    /// Whether an instance is removed from one node and made again on another by this plan.
    func isMoving(_ instance: Name) -> Bool {
        guard removals[instance] != nil, let from = owned[instance]?.node, let to = placements[instance]?.node else {
            return false
        }
        return from != to
    }

    /// Between an instance's removal and its making elsewhere, every node is told where it will be.
    mutating func addMovingRosters(_ moved: [Instance], _ generation: inout Int, _ opening: Roster) {
        var roster = opening
        generation += 1
        roster.generation = generation
        for instance in moved {
            guard let node = placements[instance.name]?.node else { continue }
            roster.instances[instance.name] = entry(of: instance, on: node)
        }
        let removed = moved.compactMap { removals[$0.name] }
        let movers = answeredNames.map { node in
            var step = rosterStep(movingRoster(node), on: node, .roster(.write(roster)))
            step.requires = [openingRoster(node)] + removed
            return step
        }
        steps += movers
        if needsMovingBarrier { steps.append(barrier(Draft.movingBarrier, after: movers)) }
    }
}
