import Spec

/// Writes to every node who is where, around all other steps.
struct RosterEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph

    mutating func emit() {
        planRosters()
    }
}
