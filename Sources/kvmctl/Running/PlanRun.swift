import Reconciler
import Spec

/// Makes a plan from what the nodes say, and takes no lock.
struct PlanRun: Sendable {
    let cluster: Cluster
    let inputs: Inputs
    let intent: Intent

    /// The plan for an observed fleet, checked against what must be true of every plan.
    func plan(_ fleet: ObservedFleet) -> Plan {
        Planner.plan(cluster, inputs: inputs, fleet: fleet, intent: intent)
    }

    /// What a plan alone makes the exit code be.
    static func statuses(of plan: Plan, reportsPending: Bool) -> [RunStatus] {
        var statuses: [RunStatus] = []
        if !plan.refusals.isEmpty { statuses.append(.refused) }
        if !plan.silences.isEmpty { statuses.append(.nodeUnreachable) }
        if reportsPending, !plan.isEmpty { statuses.append(.changesPending) }
        return statuses
    }
}
