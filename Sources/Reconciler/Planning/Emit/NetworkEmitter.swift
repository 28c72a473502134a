import Spec

/// Makes, starts and changes networks.
struct NetworkEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph

    mutating func emit() {
        planNetworks()
    }
}
