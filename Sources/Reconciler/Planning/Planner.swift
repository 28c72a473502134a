package import Spec

/// Decides what has to be done: the same arguments give the same plan, byte for byte.
package enum Planner {
    /// The plan that makes the observed fleet match the cluster.
    ///
    /// Pure and synchronous. What cannot be done now is in the plan with its reason, never left out.
    package static func plan(
        _ cluster: Cluster, inputs: Inputs, fleet: ObservedFleet, intent: Intent = .apply(deleteData: false)
    ) -> Plan {
        Plan(cluster: ClusterIdentity(cluster))
    }
}
