import Spec

extension ObservedNode {
    /// Folders in which disks are expected that are all gone together, with those, and that nothing tells from the empty place
    /// which a file system leaves that is not mounted.
    package func bareFolders(for cluster: ClusterIdentity) -> [String: [String]] {
        Dictionary(grouping: expectedFiles(of: cluster), by: \.folder).filter { folder, files in
            guard let seen = folders[folder] else { return false }
            // A mark below a mount that is missing is that of the bare folder.
            let isUnmounted = pools.contains { $0.path == folder && $0.isActive && $0.isMounted && !seen.isMountPoint }
            guard seen.id == nil || isUnmounted else { return false }
            return !files.contains { volumes[$0] != nil }
        }
    }

    /// Why nobody can know what is stored on the node; nil where everything was seen.
    ///
    /// A folder that cannot be listed may hold anything: disks that are kept, files in the way, overlays of somebody's. So the
    /// whole node is unknown then. The same goes for a folder in which disks are expected that are all gone together, unless
    /// kvmctl's own mark in it tells that it is the right one: this is what a file system looks like that is not mounted.
    /// A folder that can be listed, that no roster says to have had the mark, and that lacks nothing but kept disks is in doubt and
    /// no more: nobody uses them, and they may have been removed before kvmctl left marks.
    package func storageProblem(for cluster: ClusterIdentity) -> Unreachable? {
        let bare = bareFolders(for: cluster)
        let used = Set(usedFiles(of: cluster))
        let marked = ownRoster(of: cluster)?.nodes[name]?.markedFolders ?? []
        for folder in folders.values.sorted(by: { $0.path < $1.path }) {
            switch folder.state {
            case .unreadable(let reason):
                return Unreachable(
                    cause: .storage, summary: "the folder \(folder.path) on \(name) cannot be read: \(reason)",
                    remedy: "Mount or repair it, and run the command again; until then nothing on \(name) is changed."
                )
            case .absent, .listed:
                guard let files = bare[folder.path],
                    folder.state == .absent || marked.contains(folder.path) || files.contains(where: used.contains)
                else { continue }
                let state = folder.state == .absent ? "does not exist" : "does not contain them"
                let stopped = pools.first { $0.path == folder.path && !$0.isActive && $0.isMounted }
                let remedy = stopped.map { "Start its pool (virsh pool-start \($0.name))" } ?? "Mount it"
                let list = files.count == 1 ? files[0] : "\(files[0]) and \(files.count - 1) more"
                return Unreachable(
                    cause: .storage,
                    summary:
                        "\(list) should be on \(name), but the folder \(folder.path) \(state): its file system may "
                        + "not be mounted",
                    remedy: "\(remedy), and run the command again. If the files are gone for good, say so on \(name): "
                        + ObservedFolder.markCommand(folder.path))
            }
        }
        return nil
    }

    /// Files that have been made on the node and that nothing which kvmctl does takes away unseen, sorted.
    package func expectedFiles(of cluster: ClusterIdentity) -> [String] {
        let kept = (ownRoster(of: cluster)?.keptDisks ?? []).filter { $0.node == name }.map(\.path)
        return Set(kept + usedFiles(of: cluster)).sorted()
    }

    /// Those of them that are disks of domains.
    private func usedFiles(of cluster: ClusterIdentity) -> [String] {
        domains.flatMap { domain -> [String] in
            // While something is made, moved or removed, its files may rightly be missing.
            guard let mark = domain.mark, mark.cluster == cluster, mark.phase == .active, mark.move == nil,
                mark.trial == nil, !mark.isAdopted
            else { return [] }
            // A disk is in the definition before its file is made; that it was made is noted last.
            return domain.disks.filter { $0.name.map(mark.hasMade) ?? false }.map(\.path)
                .filter { $0.hasPrefix("/") && !$0.hasPrefix("/dev/") }
        }
    }

    private func ownRoster(of cluster: ClusterIdentity) -> Roster? {
        roster.flatMap { $0.cluster == cluster ? $0 : nil }
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

    /// Whether anything stands on a file, by whatever path it names it.
    func hasOverlay(on path: String) -> Bool {
        let inode = volumes[path]?.inode
        return volumes.values.contains { volume in
            guard let backing = volume.backingPath else { return false }
            return backing == path || inode != nil && volumes[backing]?.inode == inode
        }
    }

    /// Whether any domain but one has a file as a disk, by whatever path it names it.
    func hasUser(of path: String, besides uuid: UniqueID?) -> Bool {
        let inode = volumes[path]?.inode
        // By their places: a domain is large, and would be copied for each look.
        return domains.indices.contains { place in
            domains[place].uuid != uuid
                && domains[place].disks.contains {
                    $0.path == path || inode != nil && volumes[$0.path]?.inode == inode
                }
        }
    }

    /// Whether a domain may write to a file: by its definition, or as it runs until its next boot.
    func mayWrite(_ domain: ObservedDomain, to path: String) -> Bool {
        (domain.disks + (domain.running?.disks ?? [])).contains { isSameFile($0.path, path) && !$0.isReadOnly }
    }

    /// The domains that have a file as a disk, by whatever path they name it.
    package func users(of path: String) -> [ObservedDomain] {
        let inode = volumes[path]?.inode
        return domains.filter { domain in
            domain.disks.contains { $0.path == path || inode != nil && volumes[$0.path]?.inode == inode }
        }
    }
}

extension DomainMark {
    /// Whether the file of a disk is on record as made: a data disk's by the size that was applied last.
    fileprivate func hasMade(_ disk: String) -> Bool {
        disk == "root" || disk == "seed" || applied["disks.\(disk).size"] != nil
    }
}
