import Reconciler
import Spec

extension FakeNode {
    /// One stage of a disk's move to another pool; midway a copy is half there, or a file is gone and the mark not told.
    mutating func move(
        _ stage: DiskMove.Stage, _ move: DiskMove, _ domain: ObservedDomain, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        if stage == .begin {
            return try changeDomain(domain.uuid, of: cluster) { $0.mark?.diskPaths[move.disk] = move.paths }
        }
        guard domain.mark?.diskPaths[move.disk] == move.paths else {
            complain("\(move.disk) of \(domain.name) is not on its way")
            return .skipped("it is not on its way")
        }
        switch stage {
        case .begin: return .unchanged
        case .copy: return try copy(move, domain, of: cluster, isMidway: isMidway)
        case .leave:
            return try drop(move.paths.from, of: move, used: move.paths.to, domain, of: cluster, isMidway: isMidway)
        case .abandon:
            return try drop(move.paths.to, of: move, used: move.paths.from, domain, of: cluster, isMidway: isMidway)
        }
    }

    /// The file that the domain's disk is in: what runs has the say.
    private func path(of disk: String, _ domain: ObservedDomain) -> String? {
        let live = domain.power == .running ? domain.running?.disks.first { $0.name == disk }?.path : nil
        return live ?? domain.definedDisks.first { $0.name == disk }?.path
    }

    private mutating func copy(
        _ move: DiskMove, _ domain: ObservedDomain, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        if path(of: move.disk, domain) == move.paths.to { return .unchanged }
        guard path(of: move.disk, domain) == move.paths.from, let file = files[move.paths.from] else {
            throw StepError("\(domain.name) has no disk \(move.disk) at \(move.paths.from)")
        }
        if let backing = move.backingPath, files[backing] == nil {
            throw StepError("\(move.paths.to) has nothing to stand on at \(backing)")
        }
        if let other = domains.values.first(where: { other in
            other.uuid != domain.uuid && other.disks.contains { $0.path == move.paths.to }
        }) {
            complain("\(move.paths.to) of \(other.name) would be written over")
        }
        files[move.paths.to] = ObservedVolume(
            path: move.paths.to, capacity: file.capacity, backingPath: move.backingPath)
        halves.insert(move.paths.to)
        if isMidway { return .done }
        halves.remove(move.paths.to)
        return try changeDomain(domain.uuid, of: cluster) { domain in
            for index in domain.disks.indices where domain.disks[index].name == move.disk {
                domain.disks[index].path = move.paths.to
            }
            for index in domain.running?.disks.indices ?? 0..<0 where domain.running?.disks[index].name == move.disk {
                domain.running?.disks[index].path = move.paths.to
            }
        }
    }

    private mutating func drop(
        _ path: String, of move: DiskMove, used: String, _ domain: ObservedDomain, of cluster: ClusterIdentity,
        isMidway: Bool
    ) throws(StepError) -> StepResult {
        if self.path(of: move.disk, domain) != used { complain("\(domain.name) uses \(path), which goes") }
        if halves.contains(used) { complain("\(used) is half a copy, and \(path) goes") }
        if files.values.contains(where: { $0.backingPath == path }) { complain("\(path) goes under an overlay") }
        files[path] = nil
        halves.remove(path)
        if isMidway { return .done }
        return try changeDomain(domain.uuid, of: cluster) { $0.mark?.diskPaths[move.disk] = nil }
    }
}
