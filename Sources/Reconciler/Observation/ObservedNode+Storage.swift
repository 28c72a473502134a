import Spec

extension ObservedNode {
    /// Why nobody can know what is stored on the node; nil where everything was seen.
    ///
    /// A folder that cannot be listed may hold anything: disks that are kept, files in the way, overlays of somebody's. So the
    /// whole node is unknown then. The same goes for a folder in which disks are expected that are all gone together, unless
    /// kvmctl's own mark in it tells that it is the right one: this is what a file system looks like that is not mounted.
    package func storageProblem(for cluster: ClusterIdentity) -> Unreachable? {
        let expected = Dictionary(grouping: expectedFiles(of: cluster), by: \.folder)
        for folder in folders.values.sorted(by: { $0.path < $1.path }) {
            switch folder.state {
            case .unreadable(let reason):
                return Unreachable(
                    cause: .storage, summary: "the folder \(folder.path) on \(name) cannot be read: \(reason)",
                    remedy: "Mount it, or mend it, and run the command again; until then nothing on \(name) is changed."
                )
            case .absent, .listed:
                guard folder.id == nil, let files = expected[folder.path],
                    !files.contains(where: { volumes[$0] != nil })
                else { continue }
                let state = folder.state == .absent ? "is not there" : "is empty of them"
                let list = files.count == 1 ? files[0] : "\(files[0]) and \(files.count - 1) more"
                return Unreachable(
                    cause: .storage,
                    summary:
                        "\(list) should be on \(name), and the folder \(folder.path) \(state), as when a file system is "
                        + "not mounted",
                    remedy: "Mount it, and run the command again. If the files are gone for good, say so on \(name): "
                        + "mkdir -p \(folder.path)/.kvmctl && echo empty >\(folder.path)/.kvmctl/id")
            }
        }
        return nil
    }

    /// Files that have been made on the node and that nothing which kvmctl does takes away unseen, sorted.
    package func expectedFiles(of cluster: ClusterIdentity) -> [String] {
        var files: Set<String> = []
        if let roster, roster.cluster == cluster {
            for disk in roster.keptDisks where disk.node == name { files.insert(disk.path) }
        }
        for domain in domains {
            // While something is made, moved or removed, its files may rightly be missing.
            guard let mark = domain.mark, mark.cluster == cluster, mark.phase == .active, mark.move == nil,
                mark.attempt == nil, !mark.isAdopted
            else { continue }
            for disk in domain.disks where disk.name != nil && !disk.path.hasPrefix("/dev/") {
                if disk.path.hasPrefix("/") { files.insert(disk.path) }
            }
        }
        return files.sorted()
    }

    /// Whether two paths lead to one file, whatever links are between.
    package func isSameFile(_ first: String, _ second: String) -> Bool {
        if first == second { return true }
        guard let inode = volumes[first]?.inode else { return false }
        return volumes[second]?.inode == inode
    }

    /// The files that stand on a file, by whatever path they name it.
    package func overlays(of path: String) -> [ObservedVolume] {
        let inode = volumes[path]?.inode
        return volumes.values.filter { volume in
            guard let backing = volume.backingPath else { return false }
            return backing == path || inode != nil && volumes[backing]?.inode == inode
        }
    }

    /// The domains that have a file as a disk, by whatever path they name it.
    package func users(of path: String) -> [ObservedDomain] {
        let inode = volumes[path]?.inode
        return domains.filter { domain in
            domain.disks.contains { $0.path == path || inode != nil && volumes[$0.path]?.inode == inode }
        }
    }
}
