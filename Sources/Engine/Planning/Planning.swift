package import Reconciler
package import Spec

/// What a plan is made for, beside the fleet: the spec with its inputs, and what is intended.
package struct Planning: Sendable {
    package let cluster: Cluster
    package let inputs: Inputs
    let intent: Intent
    /// What this machine remembers of the cluster.
    let rosterCopy: RosterCopy
    /// What else was asked for.
    let options: PlanningOptions
    let environment: RunEnvironment

    package init(
        _ cluster: Cluster, inputs: Inputs, intent: Intent, options: PlanningOptions = PlanningOptions(),
        in environment: RunEnvironment
    ) {
        self.cluster = cluster
        self.inputs = inputs
        self.intent = intent
        self.options = options
        self.environment = environment
        rosterCopy = RosterCopy(of: ClusterIdentity(cluster), environment: environment.variables)
    }

    /// The plan for an observed fleet, and what is wrong with it: a defect of kvmctl, for which nothing may be done.
    package func plan(_ fleet: ObservedFleet) -> (plan: Plan, violations: [Violation]) {
        let plan = draft(fleet)
        let violations = PlanChecker.violations(
            in: plan, of: cluster, fleet: fleet, intent: intent, deletedDisks: options.deletedDisks)
        return (plan, violations)
    }

    /// The plan for what was seen so far, unchecked.
    func draft(_ fleet: ObservedFleet) -> Plan {
        Planner.plan(cluster, inputs: inputs, fleet: fleet, intent: intent, options: options)
    }
}
