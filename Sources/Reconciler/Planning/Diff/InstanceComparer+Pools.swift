import Spec

extension InstanceComparer {
    /// Ends what an earlier run began of a disk's move to another pool, and says where the disk is then.
    ///
    /// Nil where nobody can say, since neither of the two files is what the domain has.
    func resumeDiskMove(
        _ disk: ObservedDomain.Disk, named name: String, wanted findWanted: @autoclosure () -> String?,
        _ comparison: Comparison, _ update: inout InstanceUpdate
    ) -> String? {
        guard let paths = comparison.owned.mark.diskPaths[name] else { return disk.path }
        let wanted = findWanted()
        let live = comparison.owned.domain.running?.disks.first { $0.name == name }?.path
        let ends = [paths.from, paths.to]
        guard ends.contains(disk.path), live.map(ends.contains) ?? true else {
            block(
                comparison, &update, InstanceComparer.poolField(of: name), old: nil, new: nil,
                "its disk \(name) is being moved from \(paths.from) to \(paths.to), but is now in another file; move it back "
                    + "to one of the two")
            return nil
        }
        // What the edit that follows writes as the mark.
        update.mark.diskPaths[name] = nil
        let move = DiskMove(disk: name, paths: paths, backingPath: backing(of: paths.from, at: paths.to, comparison))
        if disk.path == paths.to, live ?? paths.to == paths.to {
            update.unfinishedDiskMoves.append((.leave, move))
            update.unfinishedDetails.append(
                "its disk \(name) is at \(paths.to); the old file at \(paths.from) is deleted")
            return paths.to
        }
        if disk.path == paths.from, live ?? paths.from == paths.from, wanted != paths.to {
            update.unfinishedDiskMoves.append((.abandon, move))
            update.unfinishedDetails.append(
                "its disk \(name) stays at \(paths.from); the copy at \(paths.to) is deleted")
            return paths.from
        }
        guard isBackingThere(move, comparison, &update) else { return nil }
        if let obstacle = poolProblem(for: move, on: comparison.owned.node) {
            block(
                comparison, &update, InstanceComparer.poolField(of: name), old: nil, new: nil,
                "\(obstacle.reason); \(obstacle.remedy)")
            return nil
        }
        update.unfinishedDiskMoves += [(.copy, move), (.leave, move)]
        update.unfinishedDetails.append("its disk \(name) was being moved from \(paths.from) to \(paths.to)")
        return paths.to
    }

    /// Moves a disk to the folder of the pool that the spec gives it.
    ///
    /// - Parameter path: where the disk is, earlier runs' moves ended.
    func comparePool(
        of disk: String, at path: String, _ pool: Name, _ field: String, _ comparison: Comparison,
        _ update: inout InstanceUpdate
    ) {
        let node = comparison.owned.node
        guard !comparison.ignores(field), let folder = self.pool(pool, on: node)?.path,
            path.folder != folder
        else { return }
        let target = "\(folder)/\(path.fileName)"
        let isThere = answered[node]?.volumes[path] != nil
        guard
            isThere || update.volumes.contains(where: { $0.volume.path == path })
                || update.unfinishedDiskMoves.contains(where: { $0.stage == .copy && $0.move.disk == disk })
        else { return }
        let applied = comparison.applied[field]
        let change = comparison.field(
            field, old: applied == pool.text ? path.folder : applied ?? path.folder, new: pool.text,
            comparison.running == nil ? .nextBoot : .live)
        if let why = standsStill(comparison) {
            update.blocked.append((change, why))
            return
        }
        let move = DiskMove(
            disk: disk, paths: DomainMark.DiskPaths(from: path, to: target),
            backingPath: backing(of: path, at: target, comparison))
        let disks = comparison.owned.domain.disks.filter { $0.path == path }
        if let obstacle = comparison.owned.layersObstacle(disks) {
            update.blocked.append((change, "\(obstacle.reason); \(obstacle.remedy)"))
            return
        }
        guard isBackingThere(move, comparison, &update) else { return }
        if let reason = collision(at: target, on: node, comparison) {
            update.refuse(
                comparison, field, reason, remedy: "move that file away on \(node), or leave the disk in its pool")
            return
        }
        if let obstacle = poolProblem(for: move, on: node) {
            update.refuse(comparison, field, obstacle.reason, remedy: obstacle.remedy)
            return
        }
        if let reason = spaceProblem(for: move, pool, on: node, &update) {
            update.refuse(comparison, field, reason, remedy: "free space there, or leave the disk in its pool")
            return
        }
        update.diskMoves.append(move)
        if !update.fields.contains(where: { $0.path == field }) { update.fields.append(change) }
        if disk == "root", comparison.owned.domain.isActive {
            update.details.append("its seed moves at the next apply while the instance is off")
        }
    }

    /// The field that says which pool a disk is in.
    private static func poolField(of disk: String) -> String {
        disk == "root" || disk == "seed" ? "pool" : "disks.\(disk).pool"
    }

    /// Why the disks of an instance cannot be in other files now.
    private func standsStill(_ comparison: Comparison) -> String? {
        let domain = comparison.owned.domain
        if comparison.owned.mark.trial?.stage == .made {
            return "a change of it is on trial; apply again when it is verified"
        }
        if comparison.owned.mark.roleTrial?.isOpen == true {
            return "its roles are not settled yet; apply again when they are"
        }
        if comparison.owned.mark.move != nil {
            return "its migration to another node is being aborted; apply again when that is done"
        }
        // What a trial left is cleared away before anything moves.
        let snapshots = domain.snapshots.filter { !domain.hasTrialToClear || $0.name != ChangeTrial.snapshot }
        if !snapshots.isEmpty {
            let names = snapshots.map(\.name).joined(separator: ", ")
            return "it has snapshots (\(names)) that refer to its disks by path; delete them first"
        }
        if domain.hasManagedSave {
            return "its saved memory refers to its disks by path; start it first"
        }
        return nil
    }

    /// What the new file stands on: the same base image in the new folder, so that the old pool is not needed any more, or
    /// where the new pool has its images; what an earlier run chose; what is no base image of kvmctl's stays where it is.
    private func backing(of path: String, at target: String, _ comparison: Comparison) -> String? {
        let (instance, node) = (comparison.instance, comparison.owned.node)
        let volumes = answered[node]?.volumes ?? [:]
        // The copy of a run that broke off has what it stands on by now.
        if let there = volumes[target]?.backingPath { return there }
        guard let backing = volumes[path]?.backingPath else { return nil }
        guard backing.isBaseImagePath else { return backing }
        let isOfInstance = pool(instance.pool, on: node)?.path == target.folder
        let folder = isOfInstance ? imagePool(of: instance, on: node)?.path : nil
        return "\(folder ?? target.folder)/\(backing.fileName)"
    }

    private func isBackingThere(
        _ move: DiskMove, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) -> Bool {
        guard let path = move.backingPath, answered[comparison.owned.node]?.volumes[path] == nil,
            image(ofFile: path.fileName, on: comparison.owned.node) == nil
        else { return true }
        block(
            comparison, &update, InstanceComparer.poolField(of: move.disk), old: nil, new: nil,
            "its base image is not at \(path), and no image in the spec matches it: add the image that it was created from "
                + "to the spec again, or copy the file there")
        return false
    }

    private func collision(at path: String, on node: Name, _ comparison: Comparison) -> String? {
        guard let observed = answered[node] else { return nil }
        let own = comparison.owned.domain.uuid
        if let other = observed.domains.first(where: { other in
            other.uuid != own && other.disks.contains { $0.path == path }
        }) {
            return "domain \(other.name) on \(node) uses \(path)"
        }
        // What an earlier move of this very disk left there is gone by then.
        if comparison.owned.mark.diskPaths.values.contains(where: { $0.from == path || $0.to == path }) { return nil }
        return observed.volumes[path] == nil ? nil : "\(path) exists already and does not belong to this cluster"
    }

    /// Why a pool cannot have a disk, or another one the image that it stands on; nil where both can.
    private func poolProblem(for move: DiskMove, on node: Name) -> Obstacle? {
        let folders = [move.paths.to.folder] + [move.backingPath?.folder].compactMap(\.self)
        return poolProblem(folders.uniqued().flatMap { pools(over: $0, on: node) }, on: node)
    }

    /// Why a pool has no space for a disk; nil where it has, or where nobody knows since the pool is not there yet.
    private func spaceProblem(
        for move: DiskMove, _ pool: Name, on node: Name, _ update: inout InstanceUpdate
    ) -> String? {
        guard let observed = answered[node],
            let free = observed.pools.first(where: { $0.path == move.paths.to.folder && $0.isActive })?.available,
            let volume = observed.volumes[move.paths.from]
        else { return nil }
        var need = (volume.allocation ?? volume.capacity).bytes
        if let backing = move.backingPath, observed.volumes[backing] == nil,
            let image = image(ofFile: backing.fileName, on: node), let count = inputs.images[image]?.byteCount
        {
            if backing.folder == move.paths.to.folder {
                need += count
            } else if let room = observed.pools.first(where: { $0.path == backing.folder && $0.isActive })?.available,
                room.bytes < count
            {
                return
                    "its image needs \(Size.mebibytes((count + (1 << 20) - 1) >> 20)), but \(backing.folder) on \(node) has "
                    + "\(Size.mebibytes(room.bytes >> 20)) free"
            }
        }
        let location = Location(node: node, what: move.paths.to.folder)
        let promised =
            promisedSpace[location, default: 0] + update.claims.pools[location, default: 0]
            + update.claims.copies[location, default: 0]
        guard promised + need <= free.bytes else {
            let others =
                promised == 0 ? "" : ", of which \(Size.mebibytes(promised >> 20)) are reserved for other disks"
            return
                "\(move.paths.from) needs \(Size.mebibytes((need + (1 << 20) - 1) >> 20)), but pool \(pool) on \(node) has "
                + "\(Size.mebibytes(free.bytes >> 20)) free\(others)"
        }
        update.claims.copies[location, default: 0] += need
        return nil
    }
}

extension InstanceComparer {
    /// A change that is tried and may be rolled back, and disks that go to another pool, are not done at once.
    func separate(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        guard update.trial != nil else { return }
        update.isRenamedNow = false
        update.fields.removeAll { $0.path == "domain name" }
        guard update.unfinishedDiskMoves.isEmpty else {
            // What an earlier run began comes first, and nothing else with it.
            var first = InstanceUpdate(mark: comparison.owned.mark)
            first.mark.diskPaths = update.mark.diskPaths
            first.unfinishedDiskMoves = update.unfinishedDiskMoves
            first.unfinishedDetails = update.unfinishedDetails
            first.blocked =
                update.blocked
                + update.fields.map { (field: $0, why: "one of its disks is being moved to another pool; apply again") }
            update = first
            return
        }
        guard !update.diskMoves.isEmpty else { return }
        update.diskMoves = []
        update.claims.copies = [:]
        let isOfPool = { (field: FieldChange) in field.path == "pool" || field.path.hasSuffix(".pool") }
        update.blocked += update.fields.filter(isOfPool).map {
            (field: $0, why: "a risky change is tried first; apply again when it is verified")
        }
        update.fields.removeAll(where: isOfPool)
    }
}

extension InstanceUpdate {
    /// Where a disk is once earlier runs' moves are ended.
    func currentPath(of disk: ObservedDomain.Disk) -> String {
        guard let last = unfinishedDiskMoves.last(where: { $0.move.disk == disk.name }) else { return disk.path }
        return last.stage == .abandon ? last.move.paths.from : last.move.paths.to
    }

    /// Every copy of a disk into another pool, an earlier run's first.
    var copies: [DiskMove] { unfinishedDiskMoves.filter { $0.stage == .copy }.map(\.move) + diskMoves }

    /// Whether there are any.
    var hasCopies: Bool { !diskMoves.isEmpty || unfinishedDiskMoves.contains { $0.stage == .copy } }
}
