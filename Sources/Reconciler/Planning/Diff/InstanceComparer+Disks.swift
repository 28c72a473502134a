import Spec

extension InstanceComparer {
    /// Compares the root disk's size, and the data disks by name.
    func compareDisks(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let instance = comparison.instance
        let domain = comparison.owned.domain
        guard !instance.isAdopted else {
            compareAdoptedDisks(comparison, &update)
            removeAdoptedDisks(comparison, &update)
            return
        }
        compareRoot(comparison, &update)
        compareGivenDisks(comparison, &update)
        for disk in instance.ownDisks where !comparison.ignores("disks.\(disk.name)") {
            if let defined = domain.definedDisk(disk.name.text) {
                keep(disk, defined, comparison, &update)
                compareOptions(of: disk, defined, comparison, &update)
            } else {
                add(disk, comparison, &update)
            }
        }
        let wanted = Set(instance.ownDisks.map(\.name.text))
        for disk in domain.disks {
            guard let name = disk.name, name != "root", name != "seed", !wanted.contains(name),
                !comparison.ignores("disks.\(name)")
            else { continue }
            remove(disk, name, comparison, &update)
        }
    }

    /// The root disk's size and pool; the seed follows it where the machine does not run.
    private func compareRoot(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let (instance, domain) = (comparison.instance, comparison.owned.domain)
        if let root = domain.definedDisk("root"),
            let path = resumeDiskMove(
                root, named: "root", wanted: target(of: root.path, in: instance.pool, comparison), comparison, &update)
        {
            if !comparison.ignores("disk") {
                compareSize(of: "root", at: root.path, later: path, "disk", instance.disk, comparison, &update)
            }
            comparePool(of: "root", at: path, instance.pool, "pool", comparison, &update)
        }
        guard let seed = domain.definedDisk("seed"),
            let path = resumeDiskMove(
                seed, named: "seed", wanted: target(of: seed.path, in: instance.pool, comparison), comparison, &update)
        else { return }
        // A CD cannot be copied under a guest that has it.
        guard !domain.isActive else { return }
        comparePool(of: "seed", at: path, instance.pool, "pool", comparison, &update)
    }

    /// Where a disk is to be.
    private func target(of path: String, in pool: Name, _ comparison: Comparison) -> String? {
        self.pool(pool, on: comparison.owned.node).map { "\($0.path)/\(path.fileName)" }
    }

    func block(
        _ comparison: Comparison, _ update: inout InstanceUpdate, _ path: String, old: String?, new: String?,
        _ why: String
    ) {
        update.blocked.append((comparison.field(path, old: old, new: new, .live), why))
    }

    func compareSize(
        of disk: String, at path: String, later: String? = nil, _ field: String, _ wanted: Size,
        _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        guard let volume = answered[comparison.owned.node]?.volumes[path] else { return }
        if wanted < volume.capacity {
            let what = disk == "root" ? "its root disk" : "its data disk \(disk)"
            update.refuse(
                comparison, field,
                "\(what) has \(volume.capacity), but the spec says \(wanted): disks cannot shrink",
                remedy: "set the size to \(volume.capacity), or copy its data to a new, smaller disk with another name")
            return
        }
        let isGrowing = wanted > volume.capacity
        // An earlier run may have been cut off between the disk and the guest's file system.
        let isUnfinished =
            !isGrowing && comparison.running != nil
            && comparison.applied[field].map { $0 != comparison.wanted[field] } ?? false
        guard isGrowing || isUnfinished else { return }
        update.growths.append(DiskGrowth(disk: disk, path: later ?? path, capacity: wanted))
        update.fields.append(
            comparison.field(
                field, old: isGrowing ? volume.capacity.description : comparison.applied[field],
                new: wanted.description, comparison.running == nil ? .nextBoot : .live))
    }

    /// A data disk that the definition has: its size, its pool, and whether the running machine has it.
    private func keep(
        _ disk: DataDisk, _ defined: ObservedDomain.Disk, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        let field = "disks.\(disk.name)"
        let node = comparison.owned.node
        let wanted = target(of: defined.path, in: disk.pool, comparison)
        guard let path = resumeDiskMove(defined, named: disk.name.text, wanted: wanted, comparison, &update) else {
            return
        }
        compareSize(
            of: disk.name.text, at: defined.path, later: path, "\(field).size", disk.size, comparison, &update)
        defer { comparePool(of: disk.name.text, at: path, disk.pool, "\(field).pool", comparison, &update) }
        let isThere = answered[node]?.volumes[defined.path] != nil
        let isHalfAdded = !isThere && comparison.applied["\(field).size"] == nil
        if isHalfAdded { make(disk, at: defined.path, comparison, &update) }
        let isPluggedIn = comparison.running?.disks.contains { $0.name == disk.name.text } ?? true
        guard isHalfAdded || isThere && !isPluggedIn else { return }
        if !isHalfAdded, !disk.isHotPluggable, !comparison.mayReboot {
            // Its definition has it already.
            update.waiting.append("\(field) -> \(disk.size)")
            return
        }
        let effect =
            isPluggedIn
            ? comparison.running == nil ? .nextBoot : .live
            : plug(definition(of: disk, at: path, comparison), comparison, &update)
        update.fields.append(
            comparison.field("\(field).size", old: nil, new: disk.size.description, effect))
    }

    /// A data disk as the spec says it.
    private func definition(of disk: DataDisk, at path: String, _ comparison: Comparison) -> DomainDefinition.Disk {
        var definition = DomainDefinition.Disk(
            name: disk.name.text, path: path, serial: serial(of: disk.name, in: comparison.instance))
        definition.options = disk.options
        return definition
    }

    /// Plugs a disk into what runs, or has it come with the next boot where its bus knows no other way.
    func plug(
        _ disk: DomainDefinition.Disk, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) -> FieldChange.Effect {
        guard comparison.running != nil else { return .nextBoot }
        guard disk.isHotPluggable else {
            if comparison.mayReboot { update.reboots = true }
            return comparison.bootEffect
        }
        update.live.append(("plug/\(disk.name)", .plugDisk(disk)))
        return .live
    }

    private func add(_ disk: DataDisk, _ comparison: Comparison, _ update: inout InstanceUpdate) {
        let node = comparison.owned.node
        let field = "disks.\(disk.name)"
        let plugged = comparison.owned.domain.disks.first { $0.name == disk.name.text && $0.isOnlyPluggedIn }
        let folder = pool(disk.pool, on: node)?.path ?? Pool.localPath
        let path =
            plugged?.path ?? diskPath(disk.name.text, in: folder, of: comparison.instance.name, on: node)
        let volume = answered[node]?.volumes[path]
        if let doubt = doubt(of: path, on: node) {
            update.refuse(comparison, field, "it was kept at \(path), but \(doubt.reason)", remedy: doubt.remedy)
        } else if volume == nil {
            make(disk, at: path, comparison, &update)
        } else if history.keptDisks[comparison.instance.name].contains(where: {
            $0.node == node && $0.path == path
        }), !isUsedElsewhere(path, on: node, besides: comparison.owned.domain.uuid) {
            update.details.append("reuses its data disk \(disk.name) at \(path)")
            update.claims.retaken.insert(Location(node: node, what: path))
            compareSize(of: disk.name.text, at: path, "\(field).size", disk.size, comparison, &update)
        } else if isRemembered(disk.name.text, at: path, comparison),
            !isUsedElsewhere(path, on: node, besides: comparison.owned.domain.uuid)
        {
            // Somebody took it from the definition; it is the same file, and it goes back.
            compareSize(of: disk.name.text, at: path, "\(field).size", disk.size, comparison, &update)
        } else if plugged == nil {
            update.refuse(
                comparison, field, "\(path) exists already and does not belong to this cluster",
                remedy: "move that file away on \(node), or give the disk another name")
        }
        let definition = definition(of: disk, at: path, comparison)
        update.items.append(.disk(definition))
        let isPluggedIn = comparison.running?.disks.contains { $0.name == disk.name.text } ?? false
        let effect =
            isPluggedIn ? FieldChange.Effect.live : plug(definition, comparison, &update)
        update.setDisk(disk.name.text, path, of: comparison.owned.domain)
        if !update.fields.contains(where: { $0.path == "\(field).size" }) {
            update.fields.append(
                comparison.field("\(field).size", old: nil, new: disk.size.description, effect))
        }
    }

    /// Whether the roster says that a file is this disk of this very domain.
    private func isRemembered(_ disk: String, at path: String, _ comparison: Comparison) -> Bool {
        guard let entry = remembered(comparison.owned) else { return false }
        return entry.node == comparison.owned.node && entry.uuid == comparison.owned.domain.uuid
            && entry.volumes[disk] == path
    }

    private func make(
        _ disk: DataDisk, at path: String, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        let node = comparison.owned.node
        let folder = pool(disk.pool, on: node)?.path ?? Pool.localPath
        let demands = demands([(disk.name.text, disk.pool, disk.size)], on: node)
        if let observed = answered[node],
            let obstacle = poolObstacle(demands, observed, promised: promisedSpace, beside: update.claims)
        {
            update.refuse(comparison, "disks.\(disk.name)", obstacle.reason, remedy: obstacle.remedy)
            return
        }
        update.claims.take(demands, on: node)
        update.volumes.append(
            (
                disk.name.text, folder,
                VolumeDefinition(
                    path: path, capacity: disk.size, backingPath: nil, owner: comparison.owned.domain.uuid)
            ))
    }

    /// Takes a disk out of the definition and out of what runs, where its bus knows how; what that does.
    func takeAway(
        _ disk: ObservedDomain.Disk, _ name: String, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) -> FieldChange.Effect {
        if !disk.isOnlyPluggedIn { update.items.append(.removeDisk(name)) }
        guard let running = comparison.running else { return .nextBoot }
        guard let live = running.disks.first(where: { ($0.name ?? $0.given) == name }) else { return .live }
        guard live.isHotPluggable else {
            if comparison.mayReboot { update.reboots = true }
            return comparison.bootEffect
        }
        update.live.append(("unplug/\(name)", .unplugDisk(name)))
        return .live
    }

    /// Takes a data disk away from the machine; what people put on it stays, on record.
    private func remove(
        _ disk: ObservedDomain.Disk, _ name: String, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        let node = comparison.owned.node
        var disk = disk
        if let path = resumeDiskMove(disk, named: name, wanted: nil, comparison, &update) { disk.path = path }
        let effect = takeAway(disk, name, comparison, &update)
        update.setDisk(name, nil, of: comparison.owned.domain)
        let size = answered[node]?.volumes[disk.path]?.capacity.description
        update.fields.append(
            comparison.field(
                "disks.\(name).size", old: size ?? comparison.applied["disks.\(name).size"], new: nil, effect))
        guard let diskName = Name(name), size != nil else { return }
        update.claims.kept.append(
            Roster.KeptDisk(
                instance: comparison.instance.name, disk: diskName, part: comparison.owned.mark.part, node: node,
                path: disk.path))
    }
}

extension InstanceUpdate {
    /// Notes where a disk will be, or that it will not be the instance's any more.
    mutating func setDisk(_ name: String, _ path: String?, of domain: ObservedDomain) {
        var paths = disks ?? [:]
        if disks == nil { for disk in domain.disks { if let name = disk.name { paths[name] = disk.path } } }
        paths[name] = path
        disks = paths
    }
}
