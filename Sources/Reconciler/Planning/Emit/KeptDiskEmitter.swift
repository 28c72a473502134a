import Spec

/// Deletes kept data disks where that was asked for, and tells of the others.
struct KeptDiskEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph

    mutating func emit() {
        planKeptDisks()
    }
}
