import Spec

/// Says what keeps nodes in maintenance from being empty.
struct MaintenanceEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph

    mutating func emit() {
        refuseUnfinishedMaintenance()
    }
}
