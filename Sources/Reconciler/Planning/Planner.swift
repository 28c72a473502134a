package import Spec

/// Decides what has to be done: the same arguments give the same plan, byte for byte.
///
/// Each stage returns a value that later ones read: what there is; what becomes of every instance; where instances go;
/// what they are known by; what each that is there needs; and then the steps.
package enum Planner {
    /// The plan that makes the observed fleet match the cluster.
    ///
    /// Pure and synchronous. What cannot be done now is in the plan with its reason, never left out.
    package static func plan(
        _ cluster: Cluster, inputs: Inputs, fleet: ObservedFleet, intent: Intent = .apply(deleteData: false),
        options: PlanningOptions = PlanningOptions()
    ) -> Plan {
        let index = FleetIndexBuilder.index(
            PlanningRequest(cluster: cluster, inputs: inputs, fleet: fleet, intent: intent, options: options))
        let classes = Classifier.classify(index)
        var staying: Set<Name> = []
        while true {
            let assignments = Scheduler.schedule(index, classes, staying: staying)
            let identities = IdentityAssigner.identify(index, classes, assignments)
            let outcomes = InstanceComparer.compare(index, classes, assignments, identities)
            // What was to move and is refused stays, and where it would have gone was decided for nothing: once more.
            let refused = assignments.moves.keys.filter(outcomes.excluded.contains)
            if refused.isEmpty {
                return PlanBuilder.plan(
                    Decisions(
                        index: index, classification: classes, assignments: assignments, identities: identities,
                        outcomes: outcomes))
            }
            staying.formUnion(refused)
        }
    }
}
