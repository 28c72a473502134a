import Spec

extension InstanceComparer {
    /// Compares how the guest has a data disk: a running machine has it otherwise from its next boot on.
    ///
    /// Where the spec says nothing of an option and never did, what the definition says is nobody's difference.
    func compareOptions(
        of disk: DataDisk, _ defined: ObservedDomain.Disk, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        let live = comparison.running?.disks.first { ($0.name ?? $0.given) == disk.name.text }
        var isDefined = true
        for option in DiskOption.allCases {
            let path = "disks.\(disk.name).\(option.rawValue)"
            guard disk.options[option] != nil || comparison.applied[path] != nil, !comparison.ignores(path) else {
                continue
            }
            let wanted = disk.options[option] ?? option.usual
            let found = defined.options[option] ?? option.usual
            if found != wanted {
                isDefined = false
                if comparison.mayReboot { update.reboots = true }
                update.fields.append(comparison.field(path, old: found, new: wanted, comparison.bootEffect))
                continue
            }
            guard let live, case let seen = live.options[option] ?? option.usual, seen != wanted else { continue }
            guard comparison.mayReboot else {
                update.waiting.append("\(path) \(seen) -> \(wanted)")
                continue
            }
            update.reboots = true
            var change = comparison.field(path, old: seen, new: wanted, .reboot)
            change.origin = .edit
            update.fields.append(change)
        }
        guard !isDefined else { return }
        var definition = DomainDefinition.Disk(
            name: disk.name.text, path: defined.path, serial: serial(of: disk.name, in: comparison.instance))
        definition.options = disk.options
        definition.isGiven = disk.isGiven
        definition.isBlockDevice = disk.isBlockDevice
        definition.isRaw = disk.isGiven && disk.format != .qcow2
        update.items.append(.diskOptions(definition))
    }
}
