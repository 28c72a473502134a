import Spec

/// Makes the pools that disks need.
struct PoolEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph

    mutating func emit() {
        planPoolChanges()
        planPools()
    }
}
