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
        let defects = PlanChecker.violations(
            in: plan, of: cluster, fleet: fleet, intent: intent, deletedDisks: options.deletedDisks)
        return (plan, defects)
    }

    /// Looks at all nodes, and at the ways of the moves that come of it until no new one does; changes nothing.
    ///
    /// What is found on a way can make a move impossible, and another node the better one: hence the turns, of which a
    /// fleet without moves has none.
    func observe(_ fleet: any FleetSession) async -> ObservedFleet {
        var observed = await fleet.resolvingSites(await fleet.observe())
        observed.remembered = rosterCopy.roster
        await learnImages(&observed, from: fleet)
        for _ in 0..<PlanRun.mostTurns {
            guard !Task.isCancelled else { break }
            let plan = Planner.plan(cluster, inputs: inputs, fleet: observed, intent: intent, options: options)
            let moves = plan.beginningMoves.filter { observed.routes[$0.way] == nil }
            guard !moves.isEmpty else { break }
            let found = await fleet.look(at: moves)
            guard !found.isEmpty else { break }
            observed.routes.merge(found) { _, new in new }
        }
        return observed
    }

    /// Finds out whether base images that have another name than the spec's have its bytes all the same.
    ///
    /// Where no image changed, nothing is asked; and what was asked once, nodes tell from then on when they are looked at.
    private func learnImages(_ observed: inout ObservedFleet, from fleet: any FleetSession) async {
        guard case .apply = intent else { return }
        let questions = ImageQuestion.all(cluster, inputs: inputs, fleet: observed)
        guard !questions.isEmpty else { return }
        for (image, digest) in await fleet.hash(questions) {
            guard case .answered(var node)? = observed.nodes[image.node] else { continue }
            node.imageDigests[image.path, default: []].insert(digest)
            observed.nodes[image.node] = .answered(node)
        }
    }

    /// More would mean that each answer makes other moves.
    private static let mostTurns = 4

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
        if !plan.silences.isEmpty || !plan.unknowns.isEmpty { statuses.append(.nodeUnreachable) }
        if reportsPending, !plan.isEmpty { statuses.append(.changesPending) }
        return statuses
    }
}
