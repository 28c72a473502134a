import Spec

extension Classifier {
    /// Removes what carries this cluster's mark in a managed part and is no longer wanted.
    mutating func planDeletions() {
        var hints: RenameHints?
        for instance in owned.keys.sorted() {
            guard let owned = owned[instance], manages(owned.mark.part), !classification.excluded.contains(instance)
            else {
                continue
            }
            let wanted = cluster.instances[instance].map { $0.isManaged && !isDestroy } ?? false
            if owned.mark.phase == .deleting {
                delete(owned, reason: "an earlier run started to delete it")
            } else if !wanted {
                guard !owned.mark.protect else {
                    refuseProtected(owned)
                    continue
                }
                guard !isDestroy else {
                    delete(owned, reason: "destroy was requested")
                    continue
                }
                let known = hints ?? RenameHints(newInstances, inputs: inputs)
                hints = known
                delete(owned, reason: "it is not in the spec", hints: known)
            }
        }
    }

    /// The instances of the spec that nobody has yet and that claim no earlier name.
    private var newInstances: [Instance] {
        cluster.instances.values.filter { $0.isManaged && owned[$0.name] == nil && $0.renamedFrom == nil }
    }

    private mutating func refuseProtected(_ owned: OwnedDomain) {
        classification.excluded.insert(owned.mark.instance)
        let isInSpec = cluster.instances[owned.mark.instance] != nil
        classification.findings.refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, owned.mark.instance.text, on: owned.node),
                reason: "it is protected, but \(isDestroy ? "destroy would delete it" : "it is not in the spec")",
                remedy: "\(isInSpec ? "set" : "add it to the spec with") `protect: false`, apply, and try again"))
    }

    private mutating func delete(_ owned: OwnedDomain, reason: String, hints: RenameHints = RenameHints()) {
        let instance = owned.mark.instance
        guard !waitsForMigration(owned) else { return }
        let (goes, stays) = volumes(of: owned)
        for (_, path) in goes {
            for layer in owned.domain.disks.first(where: { $0.path == path })?.layers ?? [] {
                classification.releasedPaths.insert(Location(node: owned.node, what: layer))
            }
        }
        for (disk, path) in stays {
            // What was there before kvmctl is not kvmctl's to remember for a later deletion.
            guard let diskName = Name(disk) else { continue }
            let kept = Roster.KeptDisk(
                instance: instance, disk: diskName, part: owned.mark.part, node: owned.node, path: path)
            if owned.mark.isAdopted {
                classification.ownersDisks.append(kept)
            } else {
                classification.keptDisks.append(kept)
            }
        }
        let deletion = Deletion(owned: owned, policy: stopPolicy(owned), volumes: goes)
        classification.deletions.append(deletion)
        classification.removals[instance] = deletion.undefinition
        classification.findings.changes.append(
            Change(
                .delete, ObjectReference(.instance, instance.text, on: owned.node), reason: reason,
                details: consequences(of: deletion, stays) + [hints.hint(for: owned.mark)].compactMap(\.self)))
    }

    /// What a deletion takes along, and what stays.
    private func consequences(of deletion: Deletion, _ stays: [(disk: String, path: String)]) -> [String] {
        let (owned, goes) = (deletion.owned, deletion.volumes)
        let hasTPM = owned.mark.isAdopted && owned.domain.hasEmulatedTPM
        let data = goes.filter {
            $0.disk != "seed" && $0.disk != "root" && !$0.disk.hasPrefix("before.") && !$0.disk.hasPrefix("other-")
        }
        let kept = stays.map { stay in
            let isMeant = deletes(stay.disk, of: owned.mark.instance)
            let why = isMeant ? unreachableUse(of: stay.path, on: owned.node) : nil
            return "data disk \(stay.disk) is kept at \(stay.path)" + (why.map { ": \($0)" } ?? "")
        }
        return losses(of: owned, goes) + ending(of: owned, deletion.policy)
            + (hasTPM ? ["its TPM state is kept on \(owned.node)"] : [])
            + data.map { "data disk \($0.disk) is deleted" } + kept
            + layers(below: goes, of: owned).map { "\($0) is deleted: it is a backing file of a deleted disk" }
            + layers(below: stays, of: owned).map { "\($0) is kept: it is a backing file of a kept disk" }
            + shared(by: owned).map { "\($0) is kept: it is in use elsewhere" }
    }

    /// Whether a deletion must not begin because half of the instance is where it cannot be asked.
    private mutating func waitsForMigration(_ owned: OwnedDomain) -> Bool {
        let instance = owned.mark.instance
        if awaitingMigration[instance] != nil {
            classification.findings.changes.append(waitingChange(instance, owned, .delete))
            classification.excluded.insert(instance)
            return true
        }
        guard let migration = unfinishedMigrations[instance], migration.otherEnd == .unreachable else { return false }
        classification.findings.changes.append(
            Change(
                .delete, ObjectReference(.instance, instance.text, on: owned.node),
                reason: "its migration is unfinished",
                blocked: "\(migration.move.otherEnd(than: owned.node)) does not answer and may hold files of it"))
        classification.excluded.insert(instance)
        return true
    }

    private func layers(below disks: [(disk: String, path: String)], of owned: OwnedDomain) -> [String] {
        disks.flatMap { disk in owned.domain.disks.first { $0.path == disk.path }?.layers ?? [] }
    }

    /// What a deletion takes from somebody who did not mean it: the running machine and its root disk.
    private func losses(of owned: OwnedDomain, _ goes: [(disk: String, path: String)]) -> [String] {
        let root = goes.first { $0.disk == "root" }.map { disk in
            let size = answered[owned.node]?.volumes[disk.path].map { " (\($0.capacity.rounded))" } ?? ""
            return "its root disk\(size) is deleted"
        }
        let running = owned.domain.power == .shutOff ? nil : "it is running and is shut down"
        let phrases = [running, root].compactMap(\.self)
        return phrases.isEmpty ? [] : [phrases.joined(separator: ", ")]
    }

    /// The files of a domain that outlive it because another domain or volume on the node uses them, such as a clone.
    private func shared(by owned: OwnedDomain) -> [String] {
        owned.domain.disks.filter { $0.name != nil }.map(\.path)
            .filter { isUsedElsewhere($0, on: owned.node, besides: owned.domain.uuid) }.sorted()
    }

    /// The volumes that go with a domain and the data disks that outlive it, each by disk name.
    ///
    /// Only disks that carry our alias count, and none that something else on the node uses too.
    private func volumes(
        of owned: OwnedDomain
    ) -> (goes: [(disk: String, path: String)], stays: [(disk: String, path: String)]) {
        var goes: [(disk: String, path: String)] = []
        var stays: [(disk: String, path: String)] = []
        for disk in owned.domain.disks {
            guard let name = disk.name, !isUsedElsewhere(disk.path, on: owned.node, besides: owned.domain.uuid) else {
                continue
            }
            if owned.mark.isAdopted {
                // Its disks are its owner's, and a block device is no file to delete.
                if deletes(name, of: owned.mark.instance), !disk.path.hasPrefix("/dev/"),
                    unreachableUse(of: disk.path, on: owned.node) == nil
                {
                    goes.append((name, disk.path))
                } else {
                    stays.append((name, disk.path))
                }
            } else if name == "root" || name == "seed"
                || deletes(name, of: owned.mark.instance) && unreachableUse(of: disk.path, on: owned.node) == nil
            {
                goes.append((name, disk.path))
            } else if answered[owned.node]?.volumes[disk.path] != nil {
                stays.append((name, disk.path))
            }
        }
        for (number, path) in owned.domain.spareFiles.enumerated()
        where answered[owned.node]?.volumes[path] != nil
            && !isUsedElsewhere(path, on: owned.node, besides: owned.domain.uuid)
        {
            goes.append(("before.\(number + 1)", path))
        }
        // Of the two files of a disk that is being moved, the one that the domain does not use is nobody's data.
        for (disk, paths) in owned.mark.diskPaths {
            for path in [paths.from, paths.to] where !owned.domain.disks.contains(where: { $0.path == path }) {
                guard !isUsedElsewhere(path, on: owned.node, besides: owned.domain.uuid) else { continue }
                goes.append(("other-\(disk)", path))
            }
        }
        return (goes.sorted { $0.disk < $1.disk }, stays.sorted { $0.disk < $1.disk })
    }

    /// How an instance is stopped that goes: as the spec says, or said when it was last applied.
    private func stopPolicy(_ owned: OwnedDomain) -> ChangePolicy.Stop {
        if let instance = cluster.instances[owned.mark.instance] { return instance.changes.stop }
        var policy = ChangePolicy.Stop()
        let applied = owned.mark.applied
        if let seconds = applied["stop.timeout"].flatMap({ $0.hasSuffix("s") ? Int64($0.dropLast()) : nil }) {
            policy.timeout = .seconds(seconds)
        }
        policy.force = applied["stop.force"] == "true"
        return policy
    }

    /// What a deletion does to what runs, where that is more than asking it to stop.
    private func ending(of owned: OwnedDomain, _ policy: ChangePolicy.Stop) -> [String] {
        switch owned.domain.power {
        case .running where policy.force:
            ["it is forced off if it does not shut down within \(policy.timeout.components.seconds) s"]
        case .paused where wasLeftPaused(owned):
            ["it first goes on, since a migration that broke off left it paused, and is asked to shut down"]
        case .paused: policy.force ? ["it is paused and is forced off"] : []
        case .shutOff where owned.domain.hasManagedSave: ["its saved memory is discarded"]
        case .running, .shutOff, .crashed, .other: []
        }
    }
}
