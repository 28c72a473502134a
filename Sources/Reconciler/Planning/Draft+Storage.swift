import Spec

extension Draft {
    /// Makes the pools' folders that new instances' disks need.
    mutating func planPools() {
        let toMake = Set(toMake.map(\.name))
        let changing = existing.filter {
            updates[$0.name].map { !$0.volumes.isEmpty || $0.replacesRoot || !$0.copies.isEmpty } ?? false
        }
        for instance in self.toMake + arriving + changing.filter({ !toMake.contains($0.name) }) {
            guard let node = home(of: instance.name), let observed = answered[node] else { continue }
            for pool in Set(disks(of: instance).map(\.pool)).sorted() {
                guard let folder = self.pool(pool, on: node) else { continue }
                let location = Location(node: node, what: folder.path)
                guard poolSteps[location] == nil,
                    !observed.pools.contains(where: { $0.path == folder.path && $0.isActive })
                else { continue }
                let known = observed.pools.first { $0.path == folder.path }
                let name = known?.name ?? freePoolName(pool, folder, on: observed)
                let step = StepID("\(node)/pool/\(name)/ensure")
                poolSteps[location] = step
                let object = ObjectReference(.pool, name, on: node)
                add(
                    Step(
                        id: step, node: node, object: object,
                        operation: .storage(
                            .ensurePool(
                                PoolDefinition(
                                    name: name, path: folder.path, uuid: names.poolUUID(folder.path, on: node))))))
                changes.append(
                    Change(
                        known == nil ? .create : .start, object,
                        reason: known == nil ? "no pool is at \(folder.path)" : "it is there and not started"))
            }
        }
    }

    /// libvirt's tools call the pool of the images folder `default`.
    private func freePoolName(_ pool: Name, _ folder: Pool, on node: ObservedNode) -> String {
        let first = folder.path == Pool.localPath ? "default" : pool.text
        let taken = Set(node.pools.map(\.name))
        return [first, pool.text, "\(identity.name).\(pool)"].first { !taken.contains($0) }
            ?? "\(identity.name).\(pool)"
    }

    /// Refuses what cannot be made of its image, before anything else is decided on its account.
    mutating func checkImages() {
        for instance in missing + existing.filter(isHalfMade) {
            if let (reason, remedy) = imageObstacle(instance) { refuseImage(instance, reason, remedy) }
        }
        missing.removeAll { untouchable.contains($0.name) }
        existing.removeAll { untouchable.contains($0.name) }
    }

    /// Brings base images to the nodes whose new root disks need them.
    mutating func planImages() {
        for instance in toMake + existing.filter({ updates[$0.name]?.replacesRoot ?? false }) {
            guard let node = home(of: instance.name) else { continue }
            guard let path = baseImagePath(of: instance, on: node), let resolved = inputs.images[instance.image] else {
                refuseImage(
                    instance, "\(node) has no pool \(instance.pool)", "give the pool a path there, or use another pool")
                continue
            }
            fetch(instance.image, resolved, to: path, on: node, pool: instance.pool)
        }
        restoreImages()
        missing.removeAll { untouchable.contains($0.name) }
        existing.removeAll { untouchable.contains($0.name) }
        for instance in existing {
            for path in updates[instance.name]?.copies.compactMap(\.backingPath) ?? [] {
                guard let node = owned[instance.name]?.node, let image = image(ofFile: path.fileName, on: node),
                    let resolved = inputs.images[image]
                else { continue }
                fetch(
                    image, resolved, to: path, on: node, pool: instance.pool,
                    because: "a root disk that moves there stands on it")
            }
        }
        for instance in arriving {
            guard let move = moves[instance.name], let owned = owned[instance.name] else { continue }
            for path in backingPaths(of: owned, on: move.mark) {
                guard let image = image(ofFile: path.fileName, on: owned.node), let resolved = inputs.images[image]
                else { continue }
                fetch(image, resolved, to: path, on: move.to, pool: instance.pool)
            }
        }
    }

    /// Brings back a base image that somebody deleted under the root disks that stand on it.
    private mutating func restoreImages() {
        for instance in existing where !instance.isAdopted {
            guard let owned = owned[instance.name], owned.mark.phase == .active, let node = answered[owned.node],
                let root = owned.domain.disks.first(where: { $0.name == "root" })?.path,
                let path = node.volumes[root]?.backingPath, node.volumes[path] == nil,
                path == baseImagePath(of: instance, on: owned.node), let resolved = inputs.images[instance.image]
            else { continue }
            fetch(
                instance.image, resolved, to: path, on: owned.node, pool: instance.pool,
                because: "root disks there stand on it, and it is gone", origin: .drift)
        }
    }

    /// Why a root disk cannot be made of an instance's image, and what to do; nil where it can.
    func imageObstacle(_ instance: Instance) -> (reason: String, remedy: String)? {
        guard let resolved = inputs.images[instance.image] else {
            return ("image \(instance.image) could not be read", "see the messages about it")
        }
        guard let size = resolved.virtualSize, instance.disk < size else { return nil }
        return (
            "its disk of \(instance.disk) is smaller than image \(instance.image), which has \(size)",
            "give it a disk of at least \(size)"
        )
    }

    private mutating func refuseImage(_ instance: Instance, _ reason: String, _ remedy: String) {
        untouchable.insert(instance.name)
        refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, instance.name.text, on: nil), reason: reason, remedy: remedy,
                position: instance.positions["disk"] ?? instance.position))
    }

    func baseImagePath(of instance: Instance, on node: Name) -> String? {
        guard let folder = pool(instance.pool, on: node), let image = inputs.images[instance.image] else { return nil }
        return "\(folder.path)/\(image.fileName)"
    }

    private mutating func fetch(
        _ name: Name, _ resolved: Inputs.ResolvedImage, to path: String, on node: Name, pool: Name,
        because reason: String = "a new root disk there is made from it", origin: FieldChange.Origin = .edit
    ) {
        let location = Location(node: node, what: path)
        guard imageSteps[location] == nil, answered[node]?.volumes[path] == nil, let image = cluster.images[name] else {
            return
        }
        let step = StepID("\(node)/image\(path)/fetch")
        imageSteps[location] = step
        let object = ObjectReference(.image, name.text, on: node)
        let folder = self.pool(pool, on: node)?.path ?? ""
        add(
            Step(
                id: step, node: node, object: object,
                operation: .storage(
                    .fetchImage(
                        ImageFetch(
                            image: name, source: image.source, checksum: resolved.checksum,
                            byteCount: resolved.byteCount,
                            path: path))),
                requires: [poolSteps[Location(node: node, what: folder)]].compactMap(\.self)))
        var details = [path]
        if let count = resolved.byteCount { details.append("\(Size(bytes: count).rounded) to transfer") }
        changes.append(
            Change(
                .create, object, reason: reason, details: details, position: image.position, origin: origin))
    }

    /// Deletes kept data disks where that was asked for.
    mutating func planKeptDisks() {
        deleteReleased()
        let candidates = memory.keptDisks.filter { manages($0.part) }
        releasedPaths.formUnion(clearingSteps().keys)
        for disk in candidates where !releasedPaths.contains(Location(node: disk.node, what: disk.path)) {
            let wanted =
                !isDestroy && cluster.instances[disk.instance]?.disks.contains { $0.name == disk.disk } ?? false
            guard let node = answered[disk.node] else { continue }
            if let doubt = doubt(of: disk.path, on: disk.node) {
                note(
                    about: disk.objects,
                    "data disk \(disk.disk) of \(disk.instance) should be on \(disk.node) at \(disk.path), and stays on "
                        + "record: \(doubt.reason). \(doubt.remedy)")
                continue
            }
            guard node.volumes[disk.path] != nil else {
                releasedPaths.insert(Location(node: disk.node, what: disk.path))
                continue
            }
            let isProtected = owned[disk.instance]?.mark.protect ?? false
            let isMeant = deletes(disk.disk.text, of: disk.instance)
            let silentUse = isMeant ? silentUse(of: disk.path, on: disk.node) : nil
            guard isMeant, !wanted, !isProtected, isNamedOurs(disk), silentUse == nil,
                !isUsedElsewhere(disk.path, on: disk.node, besides: nil)
            else {
                if !wanted {
                    note(
                        about: disk.objects,
                        "data disk \(disk.disk) of \(disk.instance) is kept on \(disk.node) at \(disk.path)"
                            + ((silentUse ?? (isMeant ? overlay(of: disk) : nil)).map { ": \($0)" } ?? ""))
                }
                continue
            }
            let isGone = owned[disk.instance] == nil && cluster.instances[disk.instance] == nil
            delete(
                disk, owner: owner(of: disk), after: [],
                because: isGone ? "its instance is gone, and" : "its instance does not have it any more, and")
        }
        refuseUnknownDisks()
    }

    private func overlay(of disk: Roster.KeptDisk) -> String? {
        answered[disk.node]?.overlays(of: disk.path).map(\.path).min().map { "\($0) stands on it" }
    }

    /// Why a kept disk that is not there may yet come back, such as with its file system; nil where it is there, or surely gone.
    func doubt(of path: String, on node: Name) -> Obstacle? {
        guard let observed = answered[node], observed.volumes[path] == nil,
            memory.keptDisks.contains(where: { $0.node == node && $0.path == path }),
            observed.bareFolders(for: identity)[path.folder] != nil
        else { return nil }
        return Obstacle(
            "the folder \(path.folder) is empty of kept disks and has no mark of kvmctl's, as when a file system is not mounted",
            remedy: "Mount it there, or say on \(node) that they are gone for good: "
                + ObservedFolder.markCommand(path.folder))
    }

    private mutating func delete(
        _ disk: Roster.KeptDisk, owner: UniqueID, after steps: [StepID], because reason: String
    ) {
        let object = ObjectReference(.disk, "\(disk.instance).\(disk.disk)", on: disk.node)
        let layers = layers(below: disk)
        var before = [openingRoster(disk.node)] + steps
        // The lowest first: the disk itself is on record, and leads to what is below it.
        for path in layers.reversed() + [disk.path] {
            let step = StepID("\(disk.node)/disk\(path)/delete")
            add(
                Step(
                    id: step, node: disk.node, object: object,
                    operation: .storage(.deleteVolume(path: path, of: owner)),
                    requires: before))
            before = [step]
        }
        for path in [disk.path] + layers { releasedPaths.insert(Location(node: disk.node, what: path)) }
        changes.append(
            Change(
                .delete, object,
                reason: "\(reason) \(deletesData ? "--delete-data" : "--delete-disk \(object.name)") was given",
                details: [disk.path] + layers))
    }

    /// The files below a kept disk that are its own.
    func layers(below disk: Roster.KeptDisk) -> [String] {
        let owner = owned[disk.instance]?.domain.uuid
        return answered[disk.node]?.layers(
            below: disk.path, disk: disk.disk.text, of: disk.instance, identity, owner: owner) ?? []
    }

    /// Deletes disks that instances let go of in this very plan, once nothing uses them any more.
    private mutating func deleteReleased() {
        for instance in existing {
            guard let update = updates[instance.name], let node = owned[instance.name]?.node else { continue }
            let record = StepID("\(node)/instance/\(instance.name)/record")
            for disk in update.claims.kept where goesAtOnce(disk, update) {
                // Its domain does not have it by then: it is nobody's.
                delete(
                    disk, owner: UniqueID(derivedFrom: "kept disk \(disk.path)"), after: [record],
                    because: "its instance does not have it any more, and")
            }
        }
    }

    /// A disk that is to go by name and is not there is a mistake, whatever else goes well.
    private mutating func refuseUnknownDisks() {
        let deleted = Set(changes.filter { $0.action == .delete && $0.object.kind == .disk }.map(\.object.name))
        let going = removals.keys.flatMap { instance in
            (owned[instance]?.domain.disks ?? []).compactMap { $0.name.map { "\(instance).\($0)" } }
        }
        for name in options.deletedDisks.sorted() where !deleted.contains(name) && !going.contains(name) {
            if let disk = memory.keptDisks.first(where: { "\($0.instance).\($0.disk)" == name && manages($0.part) }) {
                refusals.append(
                    Plan.Refusal(
                        ObjectReference(.disk, name, on: disk.node), reason: whyKept(disk),
                        remedy: "it stays at \(disk.path); see the plan's notes on it"))
                continue
            }
            let kept = memory.keptDisks.filter { manages($0.part) }.map { "\($0.instance).\($0.disk)" }
            let near = NearMiss.of(name, in: kept).map { "did you mean \($0)?" }
            refusals.append(
                Plan.Refusal(
                    ObjectReference(.disk, name, on: nil),
                    reason: "no disk of this name is kept, or it is in use",
                    remedy: near ?? "kept are \(kept.isEmpty ? "none" : kept.sorted().joined(separator: ", "))"))
        }
    }

    /// Why a kept disk stays that was to be deleted.
    private func whyKept(_ disk: Roster.KeptDisk) -> String {
        if answered[disk.node] == nil { return "\(disk.node) does not answer" }
        if let why = silentUse(of: disk.path, on: disk.node) { return why }
        if owned[disk.instance]?.mark.protect ?? false { return "\(disk.instance) is protected" }
        if !isNamedOurs(disk) { return "its file is not named as kvmctl names them: delete it by hand" }
        if let overlay = overlay(of: disk) { return overlay }
        return isDiskOfDomain(disk.path, on: disk.node) ? "a domain has it" : "the spec has a disk of that name"
    }

    /// The domain that a kept disk would be of; where that is there without the disk, nobody's.
    private func owner(of disk: Roster.KeptDisk) -> UniqueID {
        let uuid = names.domainUUID(disk.instance)
        let isThere = answered[disk.node]?.domains.contains { $0.uuid == uuid } ?? false
        return isThere ? UniqueID(derivedFrom: "kept disk \(disk.path)") : uuid
    }
}
