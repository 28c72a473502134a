import Spec

extension PlanGraph {
    /// Gives the turns of groups and of boots, when all who take one are known.
    mutating func giveTurns(_ order: InstanceOrder) {
        for (member, requirement) in turns.awaited(order, comesBack: { isFulfilled(.back($0)) }) {
            // Without such a step the plan is wrong: the checker refuses it for a step that is not there.
            fulfil(.turn(of: member), by: fulfilling[requirement] ?? [StepID("\(requirement)")])
        }
        for (node, waits) in boots {
            let places = waits.indices.map { (rank: order.rank(of: waits[$0].instance), place: $0) }.sorted { $0 < $1 }
            for (earlier, later) in zip(places, places.dropFirst()) {
                fulfil(
                    .earlierBoot(of: waits[later.place].instance, on: node), by: [waits[earlier.place].step])
            }
        }
    }
}
