import Spec

extension FleetReading {
    /// Whether a file has a name as this cluster's data disks have it, or was put on top of such a file.
    ///
    /// A roster that names any other file as a kept disk is damaged or forged: it may be remembered, never deleted.
    func isNamedOurs(_ disk: Roster.KeptDisk) -> Bool {
        let file = disk.path.fileName
        guard !["root", "seed"].contains(disk.disk.text) else { return false }
        return file.hasPrefix("\(identity.name).") && file.hasSuffix(".\(disk.disk).qcow2")
            || !DiskLayers.below(
                disk.path, disk: disk.disk.text, of: identity, in: answered[disk.node]?.volumes ?? [:]
            ).isEmpty
    }

    /// What keeps a kept disk from being deleted: a file that stands on it.
    func overlay(of disk: Roster.KeptDisk) -> String? {
        answered[disk.node]?.overlays(of: disk.path).map(\.path).min().map { "it is the backing file of \($0)" }
    }

    /// Why a kept disk that is not there may yet come back, such as with its file system; nil where it is there, or surely gone.
    func doubt(of path: String, on node: Name) -> Obstacle? {
        guard let observed = answered[node], observed.volumes[path] == nil,
            history.keptDisks.contains(path, on: node),
            observed.bareFolders(for: identity)[path.folder] != nil
        else { return nil }
        return Obstacle(
            "the folder \(path.folder) contains no kept disks and has no kvmctl mark: its file system may not be mounted",
            remedy: "Mount it there, or confirm on \(node) that they are gone for good: "
                + ObservedFolder.markCommand(path.folder))
    }

    /// The files below a kept disk that are its own.
    func layers(below disk: Roster.KeptDisk) -> [String] {
        let owner = owned[disk.instance]?.domain.uuid
        return answered[disk.node]?.layers(
            below: disk.path, disk: disk.disk.text, of: disk.instance, identity, owner: owner) ?? []
    }

    /// Whether a domain has a file, on its node or on one that shares the folder; what somebody only put on top of it leaves it what it is.
    func isDiskOfDomain(_ path: String, on node: Name, besides uuid: UniqueID? = nil) -> Bool {
        places(of: path, on: node).contains { place in
            answered[place.node]?.hasUser(of: place.what, besides: uuid) ?? false
        }
    }

    /// Whether a data disk that an update lets go of is deleted by the same plan.
    func goesAtOnce(_ disk: Roster.KeptDisk, _ update: InstanceUpdate) -> Bool {
        guard let owned = owned[disk.instance] else { return false }
        // What is tried may be rolled back, and then the disk is wanted again.
        return deletes(disk.disk.text, of: disk.instance) && update.trial == nil && !owned.mark.protect
            && owned.domain.snapshots.isEmpty && isNamedOurs(disk)
            && unreachableUse(of: disk.path, on: disk.node) == nil
            && !isUsedElsewhere(disk.path, on: disk.node, besides: owned.domain.uuid)
    }
}
