import Spec

extension Draft {
    /// Removes what carries this cluster's mark in a managed part and is no longer wanted.
    mutating func planDeletions() {
        var hints: RenameHints?
        for instance in owned.keys.sorted() {
            guard let owned = owned[instance], manages(owned.mark.part), !untouchable.contains(instance) else {
                continue
            }
            let wanted = cluster.instances[instance].map { $0.isManaged && !isDestroy } ?? false
            if owned.mark.phase == .deleting {
                delete(owned, reason: "an earlier run began to delete it")
            } else if !wanted {
                guard !owned.mark.protect else {
                    refuseProtected(owned)
                    continue
                }
                guard !isDestroy else {
                    delete(owned, reason: "destroy was asked for")
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
        untouchable.insert(owned.mark.instance)
        refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, owned.mark.instance.text, on: owned.node),
                reason: "it is protected, and \(isDestroy ? "destroy would delete it" : "it is not in the spec")",
                remedy: "put it in the spec with `protect: false` and apply, and then try again"))
    }

    private mutating func delete(
        _ owned: OwnedDomain, reason: String, hints: RenameHints = RenameHints()
    ) {
        let instance = owned.mark.instance
        guard let unmoved = endMoveForDeletion(owned) else { return }
        let uuid = owned.domain.uuid
        let name = owned.domain.name
        let object = ObjectReference(.instance, instance.text, on: owned.node)
        let prefix = "\(owned.node)/instance/\(instance)"
        let mark = StepID("\(prefix)/mark-deleting")
        // Ending its move writes into its mark that it arrived, where nothing says so yet.
        let isMarkedBefore = !unmoved.isEmpty && arrivals[instance]?.isComplete == true && !owned.mark.hasArrived
        add(
            Step(
                id: mark, node: owned.node, object: object, operation: .domain(.markDeleting(uuid: uuid, name: name)),
                expectation: isMarkedBefore ? .none : .unchanged(fingerprint: owned.domain.fingerprint),
                requires: [openingRoster(owned.node)] + unmoved))
        var last = [mark]
        let policy = stopPolicy(owned)
        if owned.domain.power != .shutOff {
            let stop = StepID("\(prefix)/stop-for-delete")
            add(
                Step(
                    id: stop, node: owned.node, object: object,
                    operation: .domain(.stop(uuid: uuid, name: name, timeout: policy.timeout, force: policy.force)),
                    requires: [mark]))
            last = [stop]
        }
        if owned.domain.hasAttemptSnapshot {
            // Data disks that stay would take it along.
            let drop = StepID("\(prefix)/delete-snapshot")
            add(
                Step(
                    id: drop, node: owned.node, object: object,
                    operation: .snapshot(.delete(uuid: uuid, name: name, snapshot: ChangeAttempt.snapshot)),
                    requires: last))
            last = [drop]
        }
        let (goes, stays) = volumes(of: owned)
        for (disk, path) in goes {
            // The lowest first: as long as the disk itself is there, it leads to what is below it.
            let layers = owned.domain.disks.first { $0.path == path }?.layers ?? []
            var before = last
            for (number, layer) in layers.enumerated().reversed() {
                let step = StepID("\(prefix)/delete-volume/\(disk)/below/\(number + 1)")
                add(
                    Step(
                        id: step, node: owned.node, object: object,
                        operation: .storage(.deleteVolume(path: layer, of: uuid)),
                        requires: before))
                before = [step]
                releasedPaths.insert(Location(node: owned.node, what: layer))
            }
            add(
                Step(
                    id: StepID("\(prefix)/delete-volume/\(disk)"), node: owned.node, object: object,
                    operation: .storage(.deleteVolume(path: path, of: uuid)), requires: before))
        }
        last += goes.map { StepID("\(prefix)/delete-volume/\($0.disk)") }
        for (disk, path) in stays {
            // What was there before kvmctl is not kvmctl's to remember for a later deletion.
            guard let diskName = Name(disk) else { continue }
            let kept = Roster.KeptDisk(
                instance: instance, disk: diskName, part: owned.mark.part, node: owned.node, path: path)
            if owned.mark.isAdopted { ownersDisks.append(kept) } else { newlyKept.append(kept) }
        }
        let undefine = StepID("\(prefix)/undefine")
        add(
            Step(
                id: undefine, node: owned.node, object: object, operation: .domain(.undefine(uuid: uuid, name: name)),
                requires: last))
        removals[instance] = undefine
        changes.append(
            Change(
                .delete, object, reason: reason,
                details: losses(of: owned, goes) + ending(of: owned, policy)
                    + (owned.mark.isAdopted && owned.domain.hasEmulatedTPM
                        ? ["its TPM's state stays on \(owned.node)"] : [])
                    + goes.filter {
                        $0.disk != "seed" && $0.disk != "root" && !$0.disk.hasPrefix("before.")
                            && !$0.disk.hasPrefix("other-")
                    }.map {
                        "data disk \($0.disk) goes with it"
                    }
                    + stays.map { stay in
                        let why = deletes(stay.disk, of: instance) ? silentUse(of: stay.path, on: owned.node) : nil
                        return "data disk \(stay.disk) stays at \(stay.path)" + (why.map { ": \($0)" } ?? "")
                    }
                    + layers(below: goes, of: owned).map { "\($0) goes with the disk that was put on top of it" }
                    + layers(below: stays, of: owned).map { "\($0) stays with the disk that was put on top of it" }
                    + shared(by: owned).map { "\($0) stays, since something else uses it" }
                    + [hints.hint(for: owned.mark)].compactMap(\.self)))
    }

    private func layers(below disks: [(disk: String, path: String)], of owned: OwnedDomain) -> [String] {
        disks.flatMap { disk in owned.domain.disks.first { $0.path == disk.path }?.layers ?? [] }
    }

    /// What a deletion takes from somebody who did not mean it: the running machine and its root disk.
    private func losses(of owned: OwnedDomain, _ goes: [(disk: String, path: String)]) -> [String] {
        let root = goes.first { $0.disk == "root" }.map { disk in
            let size = answered[owned.node]?.volumes[disk.path].map { " (\($0.capacity.rounded))" } ?? ""
            return "its root disk\(size) is lost"
        }
        let running = owned.domain.power == .shutOff ? nil : "it runs: it is shut down"
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
                    silentUse(of: disk.path, on: owned.node) == nil
                {
                    goes.append((name, disk.path))
                } else {
                    stays.append((name, disk.path))
                }
            } else if name == "root" || name == "seed"
                || deletes(name, of: owned.mark.instance) && silentUse(of: disk.path, on: owned.node) == nil
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
        // Of the two files of a disk on its way, the one that the domain does not use is nobody's data.
        for (disk, way) in owned.mark.diskWays {
            for path in [way.from, way.to] where !owned.domain.disks.contains(where: { $0.path == path }) {
                guard !isUsedElsewhere(path, on: owned.node, besides: owned.domain.uuid) else { continue }
                goes.append(("other-\(disk)", path))
            }
        }
        return (goes.sorted { $0.disk < $1.disk }, stays.sorted { $0.disk < $1.disk })
    }

    /// Whether anything but one domain uses a file, on its node or on one that shares the folder.
    func isUsedElsewhere(_ path: String, on node: Name, besides uuid: UniqueID?) -> Bool {
        places(of: path, on: node).contains { place in
            guard let observed = answered[place.node] else { return false }
            return observed.users(of: place.what).contains { $0.uuid != uuid }
                || !observed.overlays(of: place.what).isEmpty
        }
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
            ["it is stopped by force if it does not stop within \(policy.timeout.components.seconds) s"]
        case .paused: policy.force ? ["it is paused: it is stopped by force"] : []
        case .shutOff where owned.domain.hasManagedSave: ["its saved memory is lost"]
        case .running, .shutOff, .crashed, .other: []
        }
    }

    /// A file as every node that answers has it: its own node, and those that share its folder.
    func places(of path: String, on node: Name) -> [Location] {
        sharing.places(of: path, on: node).filter { answered[$0.node] != nil }
    }

    /// Why a file of a shared folder must stay: a node that shares it and does not answer may have machines that use it.
    func silentUse(of path: String, on node: Name) -> String? {
        sharing.sharers(of: path.folder, on: node).first { silent.contains($0.node) }.map { sharer in
            "\(sharer.node) shares its folder, does not answer, and may use it"
        }
    }
}
