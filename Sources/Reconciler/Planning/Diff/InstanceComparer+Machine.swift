import Spec

extension InstanceComparer {
    /// Compares what a machine has from a boot on only, such as its CPU model.
    func compareMachine(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        for field in InstanceField.ofMachine where !comparison.ignores(field.path) {
            compare(field, comparison, &update)
        }
    }

    /// Where the spec names nothing and never did, what the definition says is nobody's difference.
    private func compare(_ field: InstanceField, _ comparison: Comparison, _ update: inout InstanceUpdate) {
        let path = field.path
        let (wanted, defined) = (comparison.wanted[path], comparison.owned.domain.machine[path])
        guard wanted != nil || comparison.applied[path] != nil else { return }
        let isDefault = wanted == nil && defined == field.nodesWord
        if defined != wanted, !isDefault {
            if let node = answered[comparison.owned.node],
                let obstacle = obstacle(to: field, node, for: comparison.instance)
            {
                update.refuse(comparison, path, "\(node.name): \(obstacle.reason)", remedy: obstacle.remedy)
            }
            update.items.append(.machine(field: path, value: wanted))
            if comparison.mayReboot { update.reboots = true }
            update.fields.append(comparison.field(path, old: defined, new: wanted, comparison.bootEffect))
            return
        }
        // What is left to the node runs as the value that it came to there.
        guard let wanted, wanted != field.nodesWord, let live = comparison.running?.machine[path], live != wanted
        else {
            return
        }
        // The definition has it, and the machine not yet: an edit that is left to be done.
        guard comparison.mayReboot else {
            update.waiting.append("\(path) \(live) -> \(wanted)")
            return
        }
        update.reboots = true
        var change = comparison.field(path, old: live, new: wanted, .reboot)
        change.origin = .edit
        update.fields.append(change)
    }
}
