import Spec

extension FleetReading {
    /// Where a disk of its owner's is on a node; nil where the node does not have its pool.
    func givenPath(_ disk: DataDisk, on node: Name) -> String? {
        if let path = disk.path { return path }
        guard let volume = disk.volume, let folder = pool(disk.pool, on: node)?.path else { return nil }
        return "\(folder)/\(volume)"
    }

    /// A disk of its owner's as a guest gets it.
    func definition(of disk: DataDisk, at path: String, in instance: Instance) -> DomainDefinition.Disk {
        var definition = DomainDefinition.Disk(
            name: disk.name.text, path: path, serial: serial(of: disk.name, in: instance),
            isRaw: disk.format != .qcow2)
        definition.options = disk.options
        definition.isGiven = true
        definition.isBlockDevice = disk.isBlockDevice
        return definition
    }

    /// Why a node cannot give an instance a disk of somebody's own; nil where it can.
    ///
    /// - Parameter own: the instance's domain, which may have the disk.
    func givenObstacle(
        _ disk: DataDisk, of instance: Instance, on node: Name, besides own: UniqueID?
    ) -> Obstacle? {
        guard let path = givenPath(disk, on: node) else {
            return Obstacle(
                "it has no pool \(disk.pool)",
                remedy: "give the pool \(disk.pool) a path on \(node), or use another pool")
        }
        guard let observed = answered[node] else { return nil }
        guard let volume = observed.volumes[path] else {
            return sleepingPool(of: disk, of: instance, observed)
                ?? Obstacle(
                    "it has no \(path), which is the disk \(disk.name)",
                    remedy: "correct the path, or pin the instance to the node that has it")
        }
        return kindObstacle(disk, volume) ?? useObstacle(disk, of: instance, volume, on: observed, besides: own)
    }

    /// Says that the pool in which a volume is to be is not started; nil where it is.
    private func sleepingPool(of disk: DataDisk, of instance: Instance, _ node: ObservedNode) -> Obstacle? {
        guard disk.volume != nil, let folder = pool(disk.pool, on: node.name)?.path else { return nil }
        let known = node.pools.first { $0.path == folder }
        guard known?.isActive != true else { return nil }
        let start = known.map { "start it there (virsh -c qemu:///system pool-start \($0.name))" }
        // Where the instance is or must be, this apply starts the pool.
        let isHome = instance.node == node.name || owned[instance.name]?.node == node.name
        let pin = "pin the instance to \(node.name) (node: \(node.name)), so that an apply starts it there"
        return Obstacle(
            "its pool \(disk.pool), which has the disk \(disk.name), is not started",
            remedy: isHome
                ? "apply again if this apply starts it" + (start.map { "; else \($0)" } ?? "") : start ?? pin)
    }

    /// Why something is not what the spec takes it for.
    private func kindObstacle(_ disk: DataDisk, _ volume: ObservedVolume) -> Obstacle? {
        let path = volume.path
        guard !volume.isOtherThing, volume.isBlockDevice == disk.isBlockDevice else {
            let what = disk.isBlockDevice ? "block device" : "file"
            return Obstacle("\(path), the disk \(disk.name), is no \(what)", remedy: "correct the path")
        }
        guard !volume.isInUseByNode else {
            let use = disk.isBlockDevice ? "a file system, swap space or another device" : "swap space or a loop device"
            return Obstacle(
                "\(path), the disk \(disk.name), is in use by the node itself, for \(use)",
                remedy: disk.isBlockDevice
                    ? "unmount it there, or choose another device (lsblk shows them)"
                    : "release it there (swapoff or losetup -d), or choose another file")
        }
        guard disk.format == .qcow2 else { return nil }
        if let problem = volume.problem {
            return Obstacle(
                "\(path), the disk \(disk.name), cannot be used: \(problem)", remedy: "convert it with qemu-img")
        }
        if volume.isRaw || volume.isUnread {
            return Obstacle(
                "\(path), the disk \(disk.name), is no qcow2 file",
                remedy: "correct its format (qemu-img info shows it)")
        }
        // Its guest, or whoever made it, could name any file of the node.
        guard let backing = volume.backingPath else { return nil }
        return Obstacle(
            "\(path), the disk \(disk.name), has the backing file \(backing), which its guest could read",
            remedy: "make it stand alone while nothing uses it (qemu-img rebase -b \"\" \(path))")
    }

    /// Why a guest that has a disk may not write to it; nil where it may.
    func useObstacle(_ disk: DataDisk, of instance: Instance, at path: String, on owned: OwnedDomain) -> Obstacle? {
        guard let observed = answered[owned.node], let volume = observed.volumes[path] else { return nil }
        return useObstacle(disk, of: instance, volume, on: observed, besides: owned.domain.uuid)
    }

    /// The same disk where the spec names it once more, for this guest or for one that may have it at once.
    private func otherName(
        of disk: DataDisk, of instance: Instance, _ volume: ObservedVolume, on node: ObservedNode
    ) -> String? {
        let identities = node.identities(of: volume.path)
        for other in index.request.givenOwners.compactMap({ cluster.instances[$0] }) {
            for given in other.disks where given.isGiven && (other.name != instance.name || given.name != disk.name) {
                if disk.options[.readonly] == "true", given.options[.readonly] == "true" { continue }
                let isOwn = other.name == instance.name
                if isOwn || mayBe(other, on: node.name), let path = givenPath(given, on: node.name),
                    node.isSameFile(path, volume.path) || isDevice(path, identities, on: node.name)
                {
                    return isOwn ? "\(path), its disk \(given.name)," : "\(path) of \(other.name)"
                }
                guard !identities.isEmpty, !isOwn else { continue }
                for place in cluster.nodes.keys.sorted() where place != node.name && mayBe(other, on: place) {
                    guard let path = givenPath(given, on: place), isDevice(path, identities, on: place) else {
                        continue
                    }
                    return "\(path) of \(other.name) on \(place)"
                }
            }
        }
        return nil
    }

    /// Whether an instance may be on a node: it may be placed there, was seen there, or was there when it answered.
    private func mayBe(_ instance: Instance, on node: Name) -> Bool {
        instance.node ?? node == node || owned[instance.name]?.node == node
            || history.instances[instance.name]?.node == node
    }

    /// Whether a path leads to a device of that identity; of a node that does not answer, only its name can tell.
    private func isDevice(_ path: String, _ identities: Set<String>, on node: Name) -> Bool {
        guard !identities.isEmpty else { return false }
        return answered[node]?.isDevice(path, identities) ?? identities.contains(path)
    }

    /// A domain of any node that has a device of that identity, which several nodes may see.
    private func remoteUser(
        of path: String, on here: ObservedNode, besides own: UniqueID?, isReadOnly: Bool
    ) -> (node: Name, domain: String)? {
        let identities = here.identities(of: path)
        guard !identities.isEmpty else { return nil }
        for (name, node) in answered.sorted(by: { $0.key < $1.key }) {
            let user = node.users(ofDevice: identities).first {
                $0.uuid != own && (!isReadOnly || node.mayWrite($0, toDevice: identities))
            }
            if let user { return (name, user.name) }
        }
        return nil
    }

    /// Who has a disk that only one may write to.
    private func useObstacle(
        _ disk: DataDisk, of instance: Instance, _ volume: ObservedVolume, on node: ObservedNode,
        besides own: UniqueID?
    ) -> Obstacle? {
        let path = volume.path
        let isKept = history.keptDisks.all.contains { $0.node == node.name && node.isSameFile($0.path, path) }
        if node.isOwnFile(path) || isKept {
            return Obstacle(
                "\(path), the disk \(disk.name), is one of kvmctl's own files",
                remedy: "copy it, and use the copy; a kept data disk comes back under its instance's and its own name")
        }
        // One whose name left the spec is told of where the two are compared.
        let given = Set(instance.givenDisks.map(\.name.text))
        let others = (node.domains.first { $0.uuid == own }?.disks ?? []).filter {
            ($0.name ?? $0.given) != disk.name.text && $0.given.map(given.contains) ?? true
        }
        if let same = others.first(where: { !$0.isForeign && node.isSameFile($0.path, path) }) {
            return Obstacle(
                "\(path), the disk \(disk.name), is its own disk \(same.name ?? same.given ?? "") already",
                remedy: "remove one of them from the spec")
        }
        if let other = otherName(of: disk, of: instance, volume, on: node) {
            return Obstacle(
                "\(path), the disk \(disk.name), is \(other) as well",
                remedy: "remove one of them from the spec, or write readonly: true for both")
        }
        if let reason = unreachableUse(of: path, on: node.name) {
            return Obstacle("\(path), the disk \(disk.name): \(reason)", remedy: "apply again when it answers")
        }
        let isReadOnly = disk.options[.readonly] == "true"
        if let (other, user) = remoteUser(of: path, on: node, besides: own, isReadOnly: isReadOnly) {
            return Obstacle(
                "\(path), the disk \(disk.name), is used by the domain \(user) on \(other)",
                remedy: "detach it there, and apply again")
        }
        for place in places(of: path, on: node.name) {
            guard let observed = answered[place.node] else { continue }
            for user in observed.users(of: place.what) where user.uuid != own {
                guard !isReadOnly || observed.mayWrite(user, to: place.what) else { continue }
                return Obstacle(
                    "\(path), the disk \(disk.name), is used by the domain \(user.name) on \(place.node)",
                    remedy: "detach it there, and apply again")
            }
            if !isReadOnly, let overlay = observed.overlays(of: place.what).map(\.path).min() {
                return Obstacle(
                    "\(path), the disk \(disk.name), is the backing file of \(overlay), which would be corrupted",
                    remedy: "write readonly: true, or use a copy")
            }
        }
        return nil
    }
}
