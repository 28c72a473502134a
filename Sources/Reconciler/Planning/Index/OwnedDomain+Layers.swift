import Spec

extension OwnedDomain {
    /// What keeps disks that somebody put on top of others from being moved or made anew; nil where nobody did.
    func layersObstacle(_ disks: [ObservedDomain.Disk]) -> Obstacle? {
        guard let disk = disks.first(where: { !$0.layers.isEmpty }), let below = disk.layers.first
        else {
            return nil
        }
        let start = domain.isActive ? "" : "start it, and "
        return Obstacle(
            "\(disk.path) is an overlay on \(below), as created by an external snapshot",
            remedy: start
                + "merge them on \(node) with `virsh blockcommit \(domain.name) \(disk.target ?? disk.path) --active "
                + "--pivot`")
    }
}
