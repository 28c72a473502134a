import Spec

/// Brings base images to nodes.
struct ImageEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph

    mutating func emit() {
        planImages()
        keepImages()
    }
}
