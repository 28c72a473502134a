import Spec

/// Takes away networks and reservations that nothing needs any more.
struct NetworkRemovalEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph

    mutating func emit() {
        planNetworkRemovals()
    }
}
