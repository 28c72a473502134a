import Spec

extension Draft {
    /// The CPU model that a guest sees changes at a boot only.
    ///
    /// Where the spec names none and never did, what the definition says is nobody's difference.
    mutating func compareCPU(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let path = "hardware.cpu"
        guard !comparison.instance.changes.ignores("hardware") else { return }
        let (wanted, defined) = (comparison.instance.cpuModel, comparison.owned.domain.cpuModel)
        guard wanted != nil || comparison.applied[path] != nil else { return }
        // What is left to the node is libvirt's host model where it has KVM.
        let isDefault = wanted == nil && defined == "host-model"
        if defined != wanted, !isDefault {
            if let node = answered[comparison.owned.node], let obstacle = cpuObstacle(node, for: comparison.instance) {
                refuse(comparison, path, "\(node.name): \(obstacle.reason)", remedy: obstacle.remedy)
            }
            update.items.append(.cpu(wanted))
            if comparison.mayReboot { update.reboots = true }
            update.fields.append(comparison.field(path, old: defined, new: wanted, comparison.bootEffect))
            return
        }
        // A host model runs as the model that it came to on its node.
        guard let wanted, wanted != "host-model", let live = comparison.running?.cpuModel, live != wanted else {
            return
        }
        // The definition has it, and the machine not yet: an edit that is left to be done.
        guard comparison.mayReboot else {
            update.waiting.append("\(path) \(live) -> \(wanted)")
            return
        }
        update.reboots = true
        var field = comparison.field(path, old: live, new: wanted, .reboot)
        field.origin = .edit
        update.fields.append(field)
    }
}
