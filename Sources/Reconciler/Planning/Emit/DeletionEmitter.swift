import Spec

/// Removes the instances that go.
struct DeletionEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph

    mutating func emit() {
        for deletion in classification.deletions { delete(deletion) }
    }
}
