import Spec

extension InstanceComparer {
    /// Attaches and detaches disks that are somebody's own; nothing else is ever done to them.
    func compareGivenDisks(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let wanted = comparison.instance.givenDisks
        let names = Set(wanted.map(\.name.text))
        var renamed: Set<String> = []
        for disk in wanted where !comparison.ignores("disks.\(disk.name)") {
            if let defined = comparison.owned.domain.definedDisks.first(where: { $0.given == disk.name.text }) {
                keep(disk, defined, comparison, &update)
            } else if let old = formerName(of: disk, besides: names, comparison) {
                renamed.insert(old)
                let field = GivenField(disk)
                block(
                    comparison, &update, field.path, old: nil, new: field.value,
                    "the guest has this disk as \(old), and a disk's name cannot be changed: call it \(old) again, or "
                        + "remove it from the spec, apply, and add it as \(disk.name)")
            } else {
                attach(disk, comparison, &update)
            }
        }
        for disk in comparison.owned.domain.disks {
            guard let name = disk.given, !names.contains(name), !renamed.contains(name),
                !comparison.ignores("disks.\(name)")
            else { continue }
            detach(disk, name, comparison, &update)
        }
    }

    /// What the guest has a disk as whose name in the spec was changed; nil where it does not have it.
    private func formerName(of disk: DataDisk, besides names: Set<String>, _ comparison: Comparison) -> String? {
        let node = comparison.owned.node
        guard let path = givenPath(disk, on: node) else { return nil }
        let same = comparison.owned.domain.disks.first { there in
            there.given.map { !names.contains($0) } ?? false && isSame(there.path, path, on: node)
        }
        return same?.given
    }

    /// One that the definition has.
    private func keep(
        _ disk: DataDisk, _ defined: ObservedDomain.Disk, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        let field = GivenField(disk)
        let path = givenPath(disk, on: comparison.owned.node)
        guard defined.path == path else {
            block(
                comparison, &update, field.path, old: defined.path, new: path ?? field.value,
                "a disk's path cannot be changed: remove the disk from the spec, apply, and then add the other one")
            return
        }
        let format = disk.format ?? .raw
        if let there = defined.format, there != format.rawValue {
            block(
                comparison, &update, "disks.\(disk.name).format", old: there, new: format.rawValue,
                "a disk's format cannot be changed: remove the disk from the spec, apply, and then add it again")
            return
        }
        if answered[comparison.owned.node]?.volumes[defined.path] == nil {
            update.blocked.append(
                (
                    comparison.loss(field.path, field.value),
                    "\(defined.path) is missing: bring it back, or remove the disk from the spec"
                ))
            return
        }
        let isPluggedIn = comparison.running?.disks.contains { $0.path == defined.path } ?? true
        let isWrittenAnew = defined.isReadOnly && disk.options[.readonly] != "true"
        // What its guest has may look busy: a volume group in it, for one.
        let isToStart = !comparison.owned.domain.isActive && comparison.instance.power == .on
        if !isPluggedIn || isWrittenAnew || isToStart,
            let obstacle = isPluggedIn && !isToStart
                ? useObstacle(disk, of: comparison.instance, at: defined.path, on: comparison.owned)
                : givenObstacle(
                    disk, of: comparison.instance, on: comparison.owned.node, besides: comparison.owned.domain.uuid)
        {
            update.refuse(
                comparison, field.path, "on \(comparison.owned.node): \(obstacle.reason)", remedy: obstacle.remedy)
            return
        }
        compareOptions(of: disk, defined, comparison, &update)
        guard !isPluggedIn else { return }
        guard disk.isHotPluggable || comparison.mayReboot else {
            update.waiting.append("disks.\(disk.name) -> \(defined.path)")
            return
        }
        let effect = plug(definition(of: disk, at: defined.path, in: comparison.instance), comparison, &update)
        update.fields.append(comparison.field(field.path, old: nil, new: field.value, effect))
    }

    private func attach(_ disk: DataDisk, _ comparison: Comparison, _ update: inout InstanceUpdate) {
        let field = GivenField(disk)
        let (domain, node) = (comparison.owned.domain, comparison.owned.node)
        guard domain.definedDisk(disk.name.text) == nil else {
            return block(
                comparison, &update, field.path, old: nil, new: field.value,
                "it has a data disk of its own with that name: give this one another name")
        }
        if let obstacle = givenObstacle(disk, of: comparison.instance, on: node, besides: domain.uuid) {
            update.refuse(
                comparison, field.path, "on \(node): \(obstacle.reason)", remedy: obstacle.remedy)
            return
        }
        guard let path = givenPath(disk, on: node) else { return }
        guard !domain.disks.contains(where: { $0.isForeign && isSame($0.path, path, on: node) }) else {
            return block(
                comparison, &update, field.path, old: nil, new: field.value,
                "somebody attached it already: detach it first (virsh detach-disk \(domain.name) \(path) --persistent)")
        }
        let definition = definition(of: disk, at: path, in: comparison.instance)
        update.items.append(.disk(definition))
        let isPluggedIn = comparison.running?.disks.contains { $0.path == path } ?? false
        let effect = isPluggedIn ? FieldChange.Effect.live : plug(definition, comparison, &update)
        update.fields.append(comparison.field(field.path, old: nil, new: field.value, effect))
    }

    private func isSame(_ first: String, _ second: String, on node: Name) -> Bool {
        answered[node]?.isSameFile(first, second) ?? (first == second)
    }

    private func detach(
        _ disk: ObservedDomain.Disk, _ name: String, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        let effect = takeAway(disk, name, comparison, &update)
        let field = comparison.applied["disks.\(name).volume"] == nil ? "path" : "volume"
        update.fields.append(
            comparison.field(
                "disks.\(name).\(field)", old: comparison.applied["disks.\(name).\(field)"] ?? disk.path, new: nil,
                effect))
        update.details.append("\(disk.path) stays unchanged: it is not kvmctl's")
    }
}

/// The field that says which disk of its owner's it is.
private struct GivenField {
    let path: String
    let value: String

    init(_ disk: DataDisk) {
        path = "disks.\(disk.name).\(disk.path == nil ? "volume" : "path")"
        value = disk.path ?? disk.volume ?? ""
    }
}
