import Spec

extension PlanGraph {
    /// What the ends of moves, of disks' ways and of attempts remove from their nodes, and the steps that do it.
    func clearingSteps() -> [Location: StepID] {
        var clearing: [Location: StepID] = [:]
        for step in steps {
            switch step.operation {
            case .storage(.deleteVolume), .storage(.deleteImage): break
            default:
                for path in step.operation.removedFiles { clearing[Location(node: step.node, what: path)] = step.id }
            }
        }
        return clearing
    }
}
