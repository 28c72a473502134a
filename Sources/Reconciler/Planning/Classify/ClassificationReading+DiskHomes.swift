import Spec

extension ClassificationReading {
    /// The node that has the disks of an instance whose domain is gone.
    ///
    /// They are a kept data disk, or all of them after somebody undefined the domain. Only the roster tells which.
    func diskHome(of instance: Name) -> Name? {
        // A snapshot's file has another name; before it counts those do that are named as kvmctl names them.
        let kept = history.keptDisks[instance]
        if let home = kept.first(where: isNamedOurs) ?? kept.first { return home.node }
        if let kept = classification.keptDisks[instance].first { return kept.node }
        guard let entry = history.instances[instance], let node = answered[entry.node] else { return nil }
        return entry.hasDisk(on: node) ? entry.node : nil
    }

    /// The file of a disk in a folder of a node: as kvmctl names it, or what somebody put on top of that before its instance went.
    func diskPath(_ disk: String, in folder: String, of instance: Name, on node: Name) -> String {
        let path = "\(folder)/\(volumeName(disk, of: instance))"
        guard let observed = answered[node], observed.volumes[path] != nil, !observed.overlays(of: path).isEmpty else {
            return path
        }
        let kept = (history.keptDisks[instance] + classification.keptDisks[instance]).filter {
            $0.node == node && $0.disk.text == disk
        }.map(\.path)
        let entry = history.instances[instance].flatMap { $0.node == node ? $0.volumes[disk] : nil }
        return (kept + [entry].compactMap(\.self)).first { top in
            observed.volumes[top] != nil
                && observed.layers(below: top, disk: disk, of: instance, identity, owner: nil).contains(path)
        } ?? path
    }

    /// Whether the roster says that a file is this instance's disk.
    func isRemembered(_ path: String, of instance: Name, on node: Name) -> Bool {
        let kept = history.keptDisks[instance] + classification.keptDisks[instance]
        if kept.contains(where: { $0.node == node && $0.path == path }) { return true }
        // What this very plan deletes is gone by the time it is made again.
        if let owned = owned[instance], removals[instance] != nil, owned.node == node,
            owned.domain.disks.contains(where: { $0.path == path || $0.layers.contains(path) })
        {
            return true
        }
        guard let entry = history.instances[instance], entry.node == node else { return false }
        return entry.volumes.values.contains(path)
    }
}

extension ClassificationReading {
    /// What a root disk stands on that is there before its instance is made, or made anew under its name.
    func keptBacking(of instance: Instance, on node: Name) -> String? {
        let volumes = answered[node]?.volumes ?? [:]
        let known = owned[instance.name].flatMap { $0.node == node ? $0.domain.disks : nil } ?? []
        let named = pool(instance.pool, on: node).map { diskPath("root", in: $0.path, of: instance.name, on: node) }
        return (known.first { $0.name == "root" }?.path ?? named).flatMap { volumes[$0]?.backingPath }
    }
}
