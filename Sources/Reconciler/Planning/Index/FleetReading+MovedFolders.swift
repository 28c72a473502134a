import Spec

extension FleetReading {
    /// Compares the pools of both ends; a folder that is no pool's on the source keeps its path.
    func folders(for instance: Instance, _ owned: OwnedDomain, to target: Name) -> MoveFolders {
        let volumes = answered[owned.node]?.volumes ?? [:]
        var found: [String: String] = [:]
        let direction = direction(of: owned, to: target)
        for disk in owned.domain.disks where !isShared(disk.path, on: direction) {
            let wanted = instance.disks.first { $0.name.text == disk.name }?.pool ?? instance.pool
            for path in [disk.path, volumes[disk.path]?.backingPath].compactMap(\.self) {
                let folder = DomainMark.Move.folder(of: path)
                let pools = cluster.pools(at: folder, on: owned.node)
                let name = pools.contains(wanted) ? wanted : pools.first
                let there = name.flatMap { pool($0, on: target) }
                let new = there?.path ?? folder
                if let name, let there, new != folder, there.shared || pool(name, on: owned.node)?.shared == true {
                    return .obstacle(
                        .refusal(
                            "the shared pool \(name) has another path on \(target): \(new) instead of \(folder)",
                            remedy: "mount the storage at the same path on both nodes"))
                }
                if new != folder, isShared("\(new)/file", between: owned.node, and: target) {
                    return .obstacle(
                        .refusal(
                            "\(new), the destination of its files on \(target), is on shared storage",
                            remedy: "give each pool its own path there"))
                }
                guard found.updateValue(new, forKey: folder) ?? new == new else {
                    return .obstacle(
                        .refusal(
                            "\(folder) is the path of two pools that have different paths on \(target)",
                            remedy: "put all of its disks in one pool, or give each pool its own path"))
                }
            }
        }
        guard Set(found.values).count == found.count else {
            return .obstacle(
                .refusal(
                    "two of its pools have the same path on \(target)", remedy: "give each pool its own path there"))
        }
        return .found(
            found.filter { $0.key != $0.value }.map { .init(from: $0.key, to: $0.value) }.sorted { $0.from < $1.from })
    }
}
