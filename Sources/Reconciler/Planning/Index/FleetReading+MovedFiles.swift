import Spec

extension FleetReading {
    /// The base image must be there, or be one that can be fetched.
    func imageObstacle(_ direction: DomainMark.Move, _ observed: ObservedNode, _ owned: OwnedDomain) -> MoveObstacle? {
        for path in backingPaths(of: owned, on: direction) where observed.volumes[path] == nil {
            guard image(ofFile: path.fileName, on: owned.node) != nil else {
                return .refusal(
                    "its base image \(path) is not on \(direction.to), and no image in the spec matches it",
                    remedy: "add the image that it was created from to the spec again, or copy the file there")
            }
            guard !pools(over: path.folder, on: direction.to).isEmpty else {
                return .refusal(
                    "its base image \(path.fileName) is in no pool that both \(owned.node) and \(direction.to) have",
                    remedy: "define a pool for \(path.folder) on both nodes")
            }
        }
        return nil
    }

    /// The image in the spec that is kept under a file name, or whose bytes a file of that name on a node was verified to have.
    func image(ofFile file: String, on node: Name) -> Name? {
        if let image = inputs.images.filter({ $0.value.fileName == file }).keys.min() { return image }
        guard let observed = answered[node] else { return nil }
        let verified = observed.imageDigests.keys.filter { $0.fileName == file }
        return inputs.images.filter { image in verified.contains { observed.hasBytes($0, of: image.value) } }.keys.min()
    }

    /// What the disks of a domain stand on where it is.
    func backingFiles(of owned: OwnedDomain) -> [String] {
        owned.domain.disks.compactMap { answered[owned.node]?.volumes[$0.path]?.backingPath }
    }

    /// The base image that a root disk stands on and that is not there; nil where it is, or where no image of the spec could
    /// bring it back.
    func missingImage(of instance: Instance) -> String? {
        guard let owned = owned[instance.name], owned.mark.phase == .active, let node = answered[owned.node],
            let root = owned.domain.disks.first(where: { $0.name == "root" })?.path,
            let path = node.volumes[root]?.backingPath, node.volumes[path] == nil,
            path.fileName == inputs.images[instance.image]?.fileName
        else { return nil }
        return path
    }

    /// The base images of the disks that are copied, where they are on the destination.
    func backingPaths(of owned: OwnedDomain, on direction: DomainMark.Move) -> [String] {
        sourceBackingPaths(of: owned, on: direction).map(direction.destinationPath)
    }

    /// The base images of the disks that are copied, where they are now.
    func sourceBackingPaths(of owned: OwnedDomain, on direction: DomainMark.Move) -> [String] {
        owned.domain.disks.filter { !isShared($0.path, on: direction) }
            .compactMap { answered[owned.node]?.volumes[$0.path]?.backingPath }
    }

    /// Those of them whose names do not say what they hold, and that are not one file on both nodes.
    func looseBackingPaths(of owned: OwnedDomain, on direction: DomainMark.Move) -> [String] {
        sourceBackingPaths(of: owned, on: direction).uniqued().filter { path in
            let pinned = inputs.images.values.contains { $0.fileName == path.fileName && $0.checksum != nil }
            return !pinned && path.isBaseImagePath && !isShared(path, on: direction)
        }
    }

    func fileObstacle(
        _ direction: DomainMark.Move, _ observed: ObservedNode, _ owned: OwnedDomain
    ) -> MoveObstacle? {
        let target = direction.to
        let isContinued = owned.mark.move == direction
        let folders = Set(cluster.pools.keys.compactMap { pool($0, on: target)?.path })
        for disk in owned.domain.disks where !isShared(disk.path, on: direction) {
            let path = direction.destinationPath(disk.path)
            guard folders.contains(DomainMark.Move.folder(of: path)) else {
                return .refusal(
                    "\(disk.path) is in no pool that both \(owned.node) and \(target) have",
                    remedy: "define a pool for it on both nodes")
            }
            if observed.volumes[path] != nil, !isContinued {
                return .refusal(
                    "\(path) exists on \(target) already and is not known to belong to this instance",
                    remedy: "rename or remove it there")
            }
            if let other = observed.domains.first(where: { other in
                other.uuid != owned.domain.uuid && other.disks.contains { $0.path == path }
            }) {
                return .refusal(
                    "domain \(other.name) on \(target) uses \(path)", remedy: "give one of the files another name")
            }
        }
        if let other = observed.domains.first(where: {
            $0.name == owned.domain.name && $0.uuid != owned.domain.uuid
        }) {
            return .refusal(
                "a domain named \(other.name) that kvmctl does not manage is on \(target)", remedy: "rename that domain"
            )
        }
        return nil
    }
}
