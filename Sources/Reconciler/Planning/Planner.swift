package import Spec

/// Decides what has to be done: the same arguments give the same plan, byte for byte.
///
/// The passes below run in this order over one draft; each is a file. Earlier passes decide what later ones build on:
/// who answers, what is ours, what goes, what stays, where new instances go, and only then what that needs.
package enum Planner {
    /// The plan that makes the observed fleet match the cluster.
    ///
    /// Pure and synchronous. What cannot be done now is in the plan with its reason, never left out.
    package static func plan(
        _ cluster: Cluster, inputs: Inputs, fleet: ObservedFleet, intent: Intent = .apply(deleteData: false),
        options: PlanningOptions = PlanningOptions()
    ) -> Plan {
        var draft = Draft(cluster: cluster, inputs: inputs, fleet: fleet, intent: intent, options: options)
        draft.recallRosters()
        draft.checkMachines()
        draft.indexOwned()
        draft.recallMoves()
        draft.recallUndefinedMoves()
        draft.checkRemovedNodes()
        draft.planDeletions()
        draft.sortInstances()
        draft.checkNetworkEdits()
        draft.chooseMoves()
        draft.placeInstances()
        draft.balanceNodes()
        draft.assignIdentities()
        draft.compareInstances()
        draft.planPools()
        draft.planImages()
        draft.planNetworks()
        draft.planExistingInstances()
        draft.planNewInstances()
        draft.planMoves()
        draft.planSites()
        draft.planNetworkRemovals()
        draft.planKeptDisks()
        draft.planImageRemovals()
        draft.planRosters()
        draft.noticeLookalikes()
        draft.noticeAdditions()
        draft.finishExplaining()
        return draft.finished()
    }
}
