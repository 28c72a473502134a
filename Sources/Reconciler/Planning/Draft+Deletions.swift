import Spec

extension Draft {
    /// Removes what carries this cluster's mark in a managed part and is no longer wanted.
    mutating func planDeletions() {
        for instance in owned.keys.sorted() {
            guard let owned = owned[instance], manages(owned.mark.part) else { continue }
            let wanted = cluster.instances[instance].map { $0.isManaged && !isDestroy } ?? false
            if owned.mark.phase == .deleting {
                delete(owned, reason: "an earlier run began to delete it")
            } else if !wanted {
                guard !owned.mark.protect else {
                    refuseProtected(owned)
                    continue
                }
                delete(owned, reason: isDestroy ? "destroy was asked for" : "it is not in the spec")
            }
        }
    }

    private mutating func refuseProtected(_ owned: OwnedDomain) {
        untouchable.insert(owned.mark.instance)
        refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, owned.mark.instance.text, on: owned.node),
                reason: "it is protected, and \(isDestroy ? "destroy would delete it" : "it is not in the spec")",
                remedy: "put it in the spec with `protect: false` and apply, and then try again"))
    }

    private mutating func delete(_ owned: OwnedDomain, reason: String) {
        let instance = owned.mark.instance
        guard let unmoved = endMoveForDeletion(owned) else { return }
        let uuid = owned.domain.uuid
        let name = owned.domain.name
        let object = ObjectReference(.instance, instance.text, on: owned.node)
        let prefix = "\(owned.node)/instance/\(instance)"
        let mark = StepID("\(prefix)/mark-deleting")
        add(
            Step(
                id: mark, node: owned.node, object: object, operation: .markDeleting(uuid: uuid, name: name),
                expectation: .unchanged(fingerprint: owned.domain.fingerprint),
                requires: [openingRoster(owned.node)] + unmoved))
        var last = [mark]
        if owned.domain.power != .shutOff {
            let stop = StepID("\(prefix)/stop-for-delete")
            add(
                Step(
                    id: stop, node: owned.node, object: object,
                    operation: .stopDomain(uuid: uuid, name: name, timeout: Draft.stopTimeout), requires: [mark]))
            last = [stop]
        }
        if owned.domain.hasAttemptSnapshot {
            // Data disks that stay would take it along.
            let drop = StepID("\(prefix)/delete-snapshot")
            add(
                Step(
                    id: drop, node: owned.node, object: object,
                    operation: .deleteSnapshot(uuid: uuid, name: name, snapshot: ChangeAttempt.snapshot),
                    requires: last))
            last = [drop]
        }
        let (goes, stays) = volumes(of: owned)
        for (disk, path) in goes {
            let step = StepID("\(prefix)/delete-volume/\(disk)")
            add(
                Step(
                    id: step, node: owned.node, object: object, operation: .deleteVolume(path: path, of: uuid),
                    requires: last))
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
                id: undefine, node: owned.node, object: object, operation: .undefineDomain(uuid: uuid, name: name),
                requires: last))
        removals[instance] = undefine
        changes.append(
            Change(
                .delete, object, reason: reason,
                details: goes.filter {
                    $0.disk != "seed" && $0.disk != "root" && !$0.disk.hasPrefix("before.")
                        && !$0.disk.hasPrefix("other-")
                }.map {
                    "data disk \($0.disk) goes with it"
                }
                    + stays.map { "data disk \($0.disk) stays at \($0.path)" }
                    + shared(by: owned).map { "\($0) stays, since something else uses it" }))
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
                if deletes(name, of: owned.mark.instance), !disk.path.hasPrefix("/dev/") {
                    goes.append((name, disk.path))
                } else {
                    stays.append((name, disk.path))
                }
            } else if name == "root" || name == "seed" || deletes(name, of: owned.mark.instance) {
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

    func isUsedElsewhere(_ path: String, on node: Name, besides uuid: UniqueID?) -> Bool {
        guard let observed = answered[node] else { return false }
        return observed.domains.contains { $0.uuid != uuid && $0.disks.contains { $0.path == path } }
            || observed.volumes.values.contains { $0.backingPath == path }
    }

    /// How long a guest is given to stop by itself.
    static let stopTimeout = Duration.seconds(60)
}
