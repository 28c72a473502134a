import Spec

/// Makes instances, and changes those that are there.
struct InstanceEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph

    mutating func emit() {
        planExistingInstances()
        planNewInstances()
    }
}
