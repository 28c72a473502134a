import Spec

extension InstanceComparer {
    /// Compares what a machine has from a boot on only, such as its CPU model.
    func compareMachine(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        // A root disk that somebody detached comes back as the spec has it.
        let hasRoot = comparison.owned.domain.definedDisks.contains { $0.name == "root" }
        for field in InstanceField.ofMachine where !comparison.ignores(field.path) {
            if !hasRoot, DiskOption.allCases.contains(where: { $0.rootPath == field.path }) { continue }
            compare(field, comparison, &update)
        }
    }

    /// Where the spec names nothing and never did, what the definition says is nobody's difference.
    private func compare(_ field: InstanceField, _ comparison: Comparison, _ update: inout InstanceUpdate) {
        let path = field.path
        let (wanted, defined) = (comparison.wanted[path], comparison.owned.domain.machine[path])
        let live = field.running == .asFound ? nil : comparison.running?.machine[path]
        // But a screen that other machines reach is never left: what is read then has its address.
        let isOpened =
            path == InstanceField.graphics.path && defined?.contains(" ") == true && !comparison.instance.isAdopted
        guard wanted != nil || comparison.applied[path] != nil || isOpened else {
            // The end of an edit of ours after a run that was cut off, or somebody's: it is seen, and not hurried.
            if let live, let defined, live != defined, field.running == .asDefined, !comparison.instance.isAdopted {
                update.waiting.append("\(path) \(live) -> \(defined)")
            }
            return
        }
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
        let isLeft = field.running == .unlessLeftToNode && (wanted ?? field.nodesWord) == field.nodesWord
        guard !isLeft, let expected = wanted ?? field.nodesWord, let live, live != expected else { return }
        // The definition has it, and the machine not yet: an edit that is left to be done.
        guard comparison.mayReboot else {
            update.waiting.append("\(path) \(live) -> \(expected)")
            return
        }
        update.reboots = true
        var change = comparison.field(path, old: live, new: expected, .reboot)
        change.origin = .edit
        update.fields.append(change)
    }
}
