extension Rule {
    /// A disk of its owner's is named in one way, and no two guests write to it.
    static let givenDisksAreClear = Rule { cluster in
        var users: [GivenDisk: [Use]] = [:]
        var found: [Diagnostic] = []
        for instance in cluster.orderedInstances {
            for disk in instance.disks where disk.isGiven {
                if !instance.isAdopted { found += complaints(about: disk, of: instance) }
                guard let place = place(of: disk, in: instance) else { continue }
                users[GivenDisk(disk, of: instance, in: cluster), default: []].append(
                    Use(instance: instance, isReadOnly: disk.options[.readonly] == "true", place: place))
            }
        }
        for (disk, uses) in users where uses.count > 1 {
            // All members of a group have one place in the file.
            var places: Set<Position> = []
            for (index, use) in uses.enumerated() where places.insert(use.place).inserted || index == 1 {
                guard let other = uses[..<index].first(where: { $0.mayMeet(use, at: disk) }) else { continue }
                found.append(
                    Diagnostic(
                        at: use.place,
                        "\(disk.path) is used by both \(other.instance.name) and \(use.instance.name), and what one writes "
                            + "would destroy the other's data",
                        remedy: "give each a disk of its own, or write readonly: true for both"))
            }
        }
        return found
    }

    private static func place(of disk: DataDisk, in instance: Instance) -> Position? {
        instance.positions["disks.\(disk.name).path"] ?? instance.positions["disks.\(disk.name).volume"]
    }

    private static func complaints(about disk: DataDisk, of instance: Instance) -> [Diagnostic] {
        let field = "disks.\(disk.name)"
        func complain(_ key: String, _ message: String, _ remedy: String) -> Diagnostic? {
            instance.positions["\(field).\(key)"].map {
                Diagnostic(at: $0, "\(field).\(key): \(message)", remedy: remedy)
            }
        }
        var found: [Diagnostic?] = []
        if disk.size.bytes > 0 {
            found.append(
                complain("size", "a disk that is there already keeps its size, which its owner changes", "remove size"))
        }
        if disk.path != nil, disk.volume != nil {
            found.append(complain("volume", "the disk has a path as well", "write path, or pool and volume"))
        }
        if disk.path != nil, disk.volume == nil {
            found.append(complain("pool", "the disk has a path, which is in no pool", "remove pool"))
        }
        if disk.isBlockDevice {
            if disk.format == .qcow2 {
                found.append(complain("format", "a block device is used as it is", "write format: raw, or remove it"))
            }
        } else if disk.format == nil {
            let key = disk.path == nil ? "volume" : "path"
            found.append(
                complain(
                    key, "the disk's format is not given, and the content of a raw disk can look like another",
                    "add format: raw or format: qcow2 (qemu-img info shows it)"))
        }
        return found.compactMap(\.self)
    }
}

/// A disk of its owner's by its path, as far as the spec tells two of them apart.
private struct GivenDisk: Hashable {
    let path: String
    /// Whether nodes have the same there.
    let isShared: Bool

    init(_ disk: DataDisk, of instance: Instance, in cluster: Cluster) {
        if let path = disk.path {
            self.path = "/" + path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        } else {
            let own = instance.node.flatMap { cluster.nodes[$0]?.pools[disk.pool] }
            let folder = (own ?? cluster.pools[disk.pool])?.path ?? disk.pool.text
            path = "\(folder)/\(disk.volume ?? "")"
        }
        let pools = Array(cluster.pools.values) + cluster.nodes.values.flatMap(\.pools.values)
        isShared = pools.contains { [path] in $0.shared && path.hasPrefix("\($0.path)/") }
    }
}

private struct Use {
    let instance: Instance
    let isReadOnly: Bool
    let place: Position

    /// Whether both may have it at once: nodes that share nothing there have each a file of that path.
    func mayMeet(_ other: Use, at disk: GivenDisk) -> Bool {
        if isReadOnly, other.isReadOnly { return false }
        guard !disk.isShared, let here = instance.node, let there = other.instance.node else { return true }
        return here == there
    }
}
