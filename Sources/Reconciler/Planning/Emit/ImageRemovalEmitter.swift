import Spec

/// Removes base images that nothing refers to.
struct ImageRemovalEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph

    mutating func emit() {
        planImageRemovals()
        planReleases()
    }
}
