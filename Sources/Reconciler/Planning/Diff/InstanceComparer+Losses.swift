import Spec

extension InstanceComparer {
    /// Gives back what was taken from an instance behind kvmctl's back: its root disk and its seed; files of disks that
    /// hold what people put there can only be shown.
    func compareLosses(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let (instance, owned) = (comparison.instance, comparison.owned)
        // What a trial has made or kept is the trial's to put in its place.
        guard !owned.mark.isAdopted, owned.mark.phase == .active, owned.mark.trial?.files.isEmpty ?? true else {
            return
        }
        let defined = Dictionary(owned.domain.definedDisks.map { ($0.name ?? "", $0.path) }) { first, _ in first }
        // The root disk first: a guest boots from the first disk.
        if defined["root"] == nil { giveRootBack(comparison, &update) }
        compareSeed(at: defined["seed"], comparison, &update)
        for disk in owned.domain.definedDisks {
            guard let name = disk.name, let made = disk.layers.last, let why = owned.layersObstacle([disk]) else {
                continue
            }
            update.blocked.append(
                (comparison.file(of: name, disk.path, insteadOf: made), "\(why.reason); \(why.remedy)"))
        }
        let sizes =
            [("root", "disk", instance.disk)]
            + instance.ownDisks.map { ($0.name.text, "disks.\($0.name).size", $0.size) }
        for (disk, field, size) in sizes {
            guard let path = defined[disk] else { continue }
            let isBeingMade = update.volumes.contains { $0.disk == disk } || disk == "root" && update.replacesRoot
            guard answered[owned.node]?.volumes[path] == nil, !isBeingMade else { continue }
            update.blocked.append(
                (
                    comparison.loss(field, size.description),
                    "\(path) is missing: restore the file, or, to start with a new one, remove the disk or instance from "
                        + "the spec, apply, and add it again"
                ))
        }
    }

    /// A seed can always be made again; it is the guest's from its next boot on.
    private func compareSeed(
        at path: String?, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        let owned = comparison.owned
        let volumes = answered[owned.node]?.volumes ?? [:]
        if let path {
            guard volumes[path] == nil, update.seed == nil, owned.mark.diskPaths["seed"] == nil else { return }
            update.seed = .sameMachine
            update.fields.append(comparison.loss("seed", "recreated"))
            return
        }
        let live = owned.domain.running?.disks.first { $0.name == "seed" }
        let known = remembered(owned).flatMap { entry in
            entry.node == owned.node && entry.uuid == owned.domain.uuid ? entry.volumes["seed"] : nil
        }
        let folder = pool(comparison.instance.pool, on: owned.node)?.path ?? Pool.localPath
        let new = live?.path ?? known ?? "\(folder)/\(names.seed(comparison.instance.name))"
        guard !isUsedElsewhere(new, on: owned.node, besides: owned.domain.uuid) else {
            update.blocked.append(
                (comparison.loss("seed", "attached"), "\(new) is in use elsewhere; detach it there"))
            return
        }
        guard volumes[new] == nil || live != nil || known != nil else {
            update.blocked.append(
                (
                    comparison.loss("seed", "attached"),
                    "\(new) exists already and is not known to be its seed; move that file away"
                ))
            return
        }
        update.items.append(.seedDisk(path: new, revision: live?.serial ?? ""))
        update.setDisk("seed", new, of: owned.domain)
        if volumes[new] == nil, update.seed == nil { update.seed = .sameMachine }
        update.fields.append(comparison.loss("seed", "attached"))
    }

    /// A root disk whose file is still there goes back into the definition; the guest has it from its next boot on.
    private func giveRootBack(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let owned = comparison.owned
        let loss = comparison.loss("disk", comparison.instance.disk.description)
        let live = owned.domain.running?.disks.first { $0.name == "root" }?.path
        let known = remembered(owned).flatMap { entry in
            entry.node == owned.node && entry.uuid == owned.domain.uuid ? entry.volumes["root"] : nil
        }
        guard let path = live ?? known, answered[owned.node]?.volumes[path] != nil else {
            update.blocked.append(
                (
                    loss,
                    "its root disk was detached, and its file is missing; restore the file and attach it with "
                        + "virsh attach-disk, or remove the instance from the spec, apply, and add it again"
                ))
            return
        }
        guard !isUsedElsewhere(path, on: owned.node, besides: owned.domain.uuid) else {
            update.blocked.append(
                (loss, "its root disk was detached, and \(path) is in use elsewhere; detach it there"))
            return
        }
        var root = DomainDefinition.Disk(name: "root", path: path, serial: nil)
        root.options = comparison.instance.rootDisk
        update.items.append(.disk(root))
        update.setDisk("root", path, of: owned.domain)
        update.fields.append(loss)
    }

}

extension Comparison {
    /// A disk that is in another file than it was made in: drift.
    fileprivate func file(of disk: String, _ path: String, insteadOf made: String) -> FieldChange {
        var field = field("\(disk == "root" ? "disk" : "disks.\(disk)").file", old: path, new: made, .live)
        field.origin = .drift
        return field
    }

    /// Something that somebody took away: drift, whatever the mark remembers.
    func loss(_ path: String, _ new: String) -> FieldChange {
        var field = field(path, old: nil, new: new, .nextBoot)
        field.origin = .drift
        return field
    }
}
