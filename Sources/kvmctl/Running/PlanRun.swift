import Reconciler
import Spec

/// Makes a plan from what the nodes say, and takes no lock.
struct PlanRun: Sendable {
    let cluster: Cluster
    let inputs: Inputs
    let intent: Intent
    /// What this machine remembers of the cluster.
    let rosterCopy: RosterCopy
    /// What else was asked for.
    var options = PlanningOptions()

    /// The plan for an observed fleet, and what is wrong with it: a defect of kvmctl, for which nothing may be done.
    func plan(_ observed: ObservedFleet) -> (plan: Plan, defects: [Violation]) {
        var fleet = observed
        fleet.remembered = rosterCopy.roster
        let plan = Planner.plan(cluster, inputs: inputs, fleet: fleet, intent: intent, options: options)
        return (plan, PlanChecker.violations(in: plan, of: cluster, fleet: fleet, intent: intent))
    }

    /// Says that a plan is defective; nothing where it is not.
    static func lines(about defects: [Violation]) -> [Line] {
        guard !defects.isEmpty else { return [] }
        return [
            Line([
                Span("error: ", .alarm), Span("this plan would do harm, which is a defect of kvmctl; nothing is done"),
            ])
        ] + defects.map { Line($0.description, indent: 4) } + [Line("please report it with the spec", indent: 4)]
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
