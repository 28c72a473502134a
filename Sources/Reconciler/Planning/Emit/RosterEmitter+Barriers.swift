import Spec

extension RosterEmitter {
    /// The step after every node's write, where one waits for that.
    func barrier(of write: RosterWrite, after writes: [PlannedStep]) -> [PlannedStep] {
        guard answeredNames.count > 1, graph.awaitedRosters.contains(write) else { return [] }
        return [
            PlannedStep(
                id: write.barrier, node: answeredNames.first ?? identity.name,
                object: ObjectReference(.roster, "roster", on: nil), operation: .barrier,
                after: writes.map { .step($0.id) })
        ]
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
            var step = rosterStep(.moving, on: node, .roster(.write(roster)))
            step.requires = [.roster(.opening, on: node)] + removed.map(Requirement.step)
            return step
        }
        for step in movers + barrier(of: .moving, after: movers) { add(step) }
    }
}
