import Spec

/// Takes away pools that the spec has no more.
struct PoolRemovalEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph

    mutating func emit() {
        planPoolRemovals()
    }
}
