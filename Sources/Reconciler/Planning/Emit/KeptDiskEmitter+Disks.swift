import Spec

extension KeptDiskEmitter {
    /// Deletes kept data disks where that was asked for.
    mutating func planKeptDisks() {
        deleteReleased()
        let candidates = history.keptDisks.all.filter { manages($0.part) }
        graph.releasedPaths.formUnion(graph.clearingSteps().keys)
        for disk in candidates where !graph.releasedPaths.contains(Location(node: disk.node, what: disk.path)) {
            let wanted =
                !isDestroy && cluster.instances[disk.instance]?.ownDisks.contains { $0.name == disk.disk } ?? false
            guard let node = answered[disk.node] else { continue }
            if let doubt = doubt(of: disk.path, on: disk.node) {
                graph.findings.note(
                    about: disk.objects,
                    "data disk \(disk.disk) of \(disk.instance) should be on \(disk.node) at \(disk.path), and its record is "
                        + "kept: \(doubt.reason). \(doubt.remedy)")
                continue
            }
            guard node.volumes[disk.path] != nil else {
                graph.releasedPaths.insert(Location(node: disk.node, what: disk.path))
                continue
            }
            let isProtected = owned[disk.instance]?.mark.protect ?? false
            let isMeant = deletes(disk.disk.text, of: disk.instance)
            let unreachableUse = isMeant ? unreachableUse(of: disk.path, on: disk.node) : nil
            guard isMeant, !wanted, !isProtected, isNamedOurs(disk), unreachableUse == nil,
                !isUsedElsewhere(disk.path, on: disk.node, besides: nil)
            else {
                if !wanted {
                    graph.findings.note(
                        about: disk.objects,
                        "data disk \(disk.disk) of \(disk.instance) is kept on \(disk.node) at \(disk.path)"
                            + ((unreachableUse ?? (isMeant ? overlay(of: disk) : nil)).map { ": \($0)" } ?? ""))
                }
                continue
            }
            let isGone = owned[disk.instance] == nil && cluster.instances[disk.instance] == nil
            delete(
                disk, owner: owner(of: disk), after: [],
                because: isGone ? "its instance no longer exists, and" : "its instance no longer uses it, and")
        }
        refuseUnknownDisks()
    }

    private mutating func delete(
        _ disk: Roster.KeptDisk, owner: UniqueID, after earlier: [Requirement], because reason: String
    ) {
        let object = ObjectReference(.disk, "\(disk.instance).\(disk.disk)", on: disk.node)
        let layers = layers(below: disk)
        var before: [Requirement] = [.roster(.opening, on: disk.node)] + earlier
        // The lowest first: the disk itself is on record, and leads to what is below it.
        for path in layers.reversed() + [disk.path] {
            let step = StepID("\(disk.node)/disk\(path)/delete")
            add(
                PlannedStep(
                    id: step, node: disk.node, object: object,
                    operation: .storage(.deleteVolume(path: path, of: owner)),
                    requires: before, record: [.isOnRecord, .leavesOut]))
            before = [.step(step)]
        }
        for path in [disk.path] + layers { graph.releasedPaths.insert(Location(node: disk.node, what: path)) }
        graph.findings.changes.append(
            Change(
                .delete, object,
                reason: "\(reason) \(deletesData ? "--delete-data" : "--delete-disk \(object.name)") was given",
                details: [disk.path] + layers))
    }

    /// Deletes disks that instances let go of in this very plan, once nothing uses them any more.
    private mutating func deleteReleased() {
        for instance in updated(where: { !$0.claims.kept.isEmpty }) {
            guard let update = updates[instance.name]?.update else { continue }
            for disk in update.claims.kept
            where goesAtOnce(disk, update) && graph.isFulfilled(.recorded(instance.name)) {
                // Its domain does not have it by then: it is nobody's.
                delete(
                    disk, owner: UniqueID(derivedFrom: "kept disk \(disk.path)"), after: [.recorded(instance.name)],
                    because: "its instance no longer uses it, and")
            }
        }
    }

    /// A disk that is to go by name and is not there is a mistake, whatever else goes well.
    private mutating func refuseUnknownDisks() {
        let deleted = Set(
            graph.findings.changes.filter { $0.action == .delete && $0.object.kind == .disk }.map(\.object.name))
        let going = removals.keys.flatMap { instance in
            (owned[instance]?.domain.disks ?? []).compactMap { $0.name.map { "\(instance).\($0)" } }
        }
        for name in options.deletedDisks.sorted() where !deleted.contains(name) && !going.contains(name) {
            if let disk = history.keptDisks.all.first(where: { "\($0.instance).\($0.disk)" == name && manages($0.part) }
            ) {
                graph.findings.refusals.append(
                    Plan.Refusal(
                        ObjectReference(.disk, name, on: disk.node), reason: whyKept(disk),
                        remedy: "it is kept at \(disk.path); see the plan's notices"))
                continue
            }
            let kept = history.keptDisks.all.filter { manages($0.part) }.map { "\($0.instance).\($0.disk)" }
            let near = NearMiss.of(name, in: kept).map { "did you mean \($0)?" }
            graph.findings.refusals.append(
                Plan.Refusal(
                    ObjectReference(.disk, name, on: nil),
                    reason: "there is no kept disk with this name, or it is in use",
                    remedy: near ?? "kept disks: \(kept.isEmpty ? "none" : kept.sorted().joined(separator: ", "))"))
        }
    }

    /// Why a kept disk stays that was to be deleted.
    private func whyKept(_ disk: Roster.KeptDisk) -> String {
        if answered[disk.node] == nil { return "\(disk.node) does not answer" }
        if let why = unreachableUse(of: disk.path, on: disk.node) { return why }
        if owned[disk.instance]?.mark.protect ?? false { return "\(disk.instance) is protected" }
        if !isNamedOurs(disk) { return "its file name was not given by kvmctl: delete it by hand" }
        if let overlay = overlay(of: disk) { return overlay }
        return isDiskOfDomain(disk.path, on: disk.node) ? "a domain uses it" : "the spec has a disk with that name"
    }

    /// The domain that a kept disk would be of; where that is there without the disk, nobody's.
    private func owner(of disk: Roster.KeptDisk) -> UniqueID {
        let uuid = names.domainUUID(disk.instance)
        let isThere = answered[disk.node]?.domains.contains { $0.uuid == uuid } ?? false
        return isThere ? UniqueID(derivedFrom: "kept disk \(disk.path)") : uuid
    }
}
