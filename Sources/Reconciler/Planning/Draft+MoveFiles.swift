import Spec

extension Draft {
    /// The base image must be there, or be one that can be fetched.
    func imageObstacle(to target: Name, _ observed: ObservedNode, _ owned: OwnedDomain) -> MoveObstacle? {
        for path in backingPaths(of: owned, movingTo: target) where observed.volumes[path] == nil {
            let file = path.split(separator: "/").last.map(String.init) ?? path
            guard image(ofFile: file) != nil else {
                return .refusal(
                    "its base image \(path) is not on \(target), and no image in the spec is the same",
                    remedy: "put the image that it was made from back into the spec, or copy the file there")
            }
        }
        return nil
    }

    /// The image in the spec that is kept under a file name.
    func image(ofFile file: String) -> Name? {
        inputs.images.filter { $0.value.fileName == file }.keys.min()
    }

    /// The base images that the disks which travel stand on.
    func backingPaths(of owned: OwnedDomain, movingTo target: Name) -> [String] {
        owned.domain.disks.filter { !isShared($0.path, between: owned.node, and: target) }
            .compactMap { answered[owned.node]?.volumes[$0.path]?.backingPath }
    }

    func fileObstacle(
        to target: Name, _ observed: ObservedNode, _ instance: Instance, _ owned: OwnedDomain
    ) -> MoveObstacle? {
        let isContinued = owned.mark.move?.to == target && owned.mark.move?.from == owned.node
        let folders = Set(cluster.pools.keys.compactMap { pool($0, on: target)?.path })
        for disk in owned.domain.disks where !isShared(disk.path, between: owned.node, and: target) {
            let folder = "/" + disk.path.split(separator: "/").dropLast().joined(separator: "/")
            guard folders.contains(folder) else {
                return .refusal(
                    "\(disk.path) is in no pool of \(target): its files keep their paths",
                    remedy: "give the pool the same path on both nodes")
            }
            if observed.volumes[disk.path] != nil, !isContinued {
                return .refusal(
                    "\(disk.path) is on \(target) already, and nothing says that it is this instance's",
                    remedy: "rename or remove it there")
            }
            if let other = observed.domains.first(where: { other in
                other.uuid != owned.domain.uuid && other.disks.contains { $0.path == disk.path }
            }) {
                return .refusal("domain \(other.name) on \(target) has \(disk.path)", remedy: "give one another name")
            }
        }
        if let other = observed.domains.first(where: {
            $0.name == owned.domain.name && $0.uuid != owned.domain.uuid
        }) {
            return .refusal(
                "a domain named \(other.name) is on \(target) and is left alone", remedy: "rename that domain")
        }
        return nil
    }
}
