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
        var staying: Set<Name> = []
        while true {
            var draft = Draft(cluster: cluster, inputs: inputs, fleet: fleet, intent: intent, options: options)
            draft.staying = staying
            decide(&draft)
            // What was to move and is refused stays, and where it would have gone was decided for nothing: once more.
            let refused = draft.moves.keys.filter(draft.untouchable.contains)
            if refused.isEmpty { return finished(draft) }
            staying.formUnion(refused)
        }
    }

    /// The decisions, up to what every instance needs.
    private static func decide(_ draft: inout Draft) {
        draft.recallRosters()
        draft.checkMachines()
        draft.forgetLostNodes()
        draft.indexOwned()
        draft.recallWitnesses()
        draft.recallMoves()
        draft.recallUndefinedMoves()
        draft.checkRemovedNodes()
        draft.planDeletions()
        draft.sortInstances()
        draft.checkNetworkEdits()
        draft.checkImages()
        draft.chooseMoves()
        draft.placeInstances()
        draft.balanceNodes()
        draft.assignIdentities()
        draft.compareInstances()
    }

    /// The plan that the decisions lead to.
    private static func finished(_ draft: consuming Draft) -> Plan {
        draft.refuseUnfinishedMaintenance()
        draft.planPools()
        draft.planImages()
        draft.planNetworks()
        draft.planExistingInstances()
        draft.planNewInstances()
        draft.planMoves()
        draft.planRoles()
        draft.planNetworkRemovals()
        draft.planKeptDisks()
        draft.planImageRemovals()
        draft.planPoolRemovals()
        draft.planRosters()
        draft.noticeLookalikes()
        draft.noticeAdditions()
        draft.noticeOverlays()
        draft.noticeStaleRoots()
        draft.finishExplaining()
        return draft.finished()
    }
}
