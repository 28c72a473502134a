import Spec

extension PlanGraph {
    /// What the ends of moves, of disks' moves and of trials remove from their nodes, and the steps that do it.
    func clearingSteps() -> [Location: StepID] {
        var clearing: [Location: StepID] = [:]
        for place in steps.indices {
            switch steps[place].operation {
            case .storage(.deleteVolume), .storage(.deleteImage): break
            case let operation:
                for path in operation.removedFiles {
                    clearing[Location(node: steps[place].node, what: path)] = steps[place].id
                }
            }
        }
        return clearing
    }
}
