package import Spec

/// Verifies of a finished plan that it does no harm, whatever the planner thought.
///
/// It shares no code with the planner's passes, so that one mistake is not made twice. A plan with a violation is
/// never carried out: it is an internal error, and refusing costs less than a lost disk.
package enum PlanChecker {
    /// What is wrong with the plan, in the order of the rules; empty for every plan that may be carried out.
    package static func violations(
        in plan: Plan, of cluster: Cluster, fleet: ObservedFleet, intent: Intent, deletedDisks: Set<String> = []
    ) -> [Violation] {
        let fleet = knowingNewIDs(fleet, of: ClusterIdentity(cluster))
        var evidence = Evidence(plan: plan, cluster: cluster, fleet: fleet, intent: intent)
        evidence.deletedDisks = deletedDisks
        return rules.flatMap { $0(evidence) }
    }

    /// Every rule, each of which looks at the whole plan.
    private static let rules: [@Sendable (Evidence) -> [Violation]] = [
        checkEdges, checkUnreachableNodes, checkOwnership, checkAdopted, checkParts, checkProtection, checkForeignNames,
        checkGivenDisks, checkNetworks,
        checkOverlays,
        checkFirewalls,
        checkOneHome, checkOneOwnerOfEachAddress, checkCrashOrder, checkDataDisks, checkUpdates, checkTrials,
        checkDiskMoves, checkDomainNames, checkImages, checkPools,
        checkRosters, checkMoves, checkMovesAtOnce, checkPlacement, checkRoles, checkRoleTrials, checkDrains,
    ]
}
