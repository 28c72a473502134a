import Reconciler
import Spec

extension FakeNode {
    mutating func ensure(_ pool: PoolDefinition, isMidway: Bool) throws(StepError) -> StepResult {
        if let index = pools.firstIndex(where: { $0.path == pool.path }) {
            let isOwn = pools[index].uuid == pool.uuid
            let fits = pools[index].source.fits(pool.source)
            if pools[index].isActive ? !fits : !isOwn && !fits {
                throw StepError("the pool '\(pools[index].name)' is on other storage")
            }
            let needsDefinition = isOwn && !pools[index].definedSource.fits(pool.source)
            if needsDefinition { pools[index].definedSource = pool.source }
            if pools[index].isActive {
                guard isOwn else { return .unchanged }
                let isMarkedNow = pools[index].isMounted && marked.insert(FakeNode.real(pool.path)).inserted
                let isComplete = pools[index].autostart && !needsDefinition && !isMarkedNow
                pools[index].autostart = true
                return isComplete ? .unchanged : .done
            }
            pools[index].source = pools[index].definedSource
            start(index, isMidway: isMidway)
            return .done
        }
        if let origin = pool.source.origin, let other = pools.first(where: { $0.definedSource.origin == origin }) {
            throw StepError("Storage source conflict with pool: '\(other.name)'")
        }
        if pools.contains(where: { $0.name == pool.name }) {
            throw StepError("pool '\(pool.name)' already exists with another path")
        }
        if pools.contains(where: { $0.uuid == pool.uuid }) {
            throw StepError("a pool with the UUID \(pool.uuid) exists already")
        }
        pools.append(
            ObservedPool(
                name: pool.name, path: pool.path, isActive: false, autostart: false,
                capacity: .gibibytes(1_000), available: .gibibytes(900), uuid: pool.uuid, source: pool.source))
        start(pools.count - 1, isMidway: isMidway)
        return .done
    }

    /// Midway it is stopped, or where libvirt mounts something, it runs and has no mark.
    private mutating func start(_ index: Int, isMidway: Bool) {
        if !isMidway { marked.insert(FakeNode.real(pools[index].path)) }
        pools[index].isActive = !isMidway || pools[index].isMounted
        pools[index].autostart = pools[index].isActive
    }

    /// Midway it is stopped, and still defined.
    mutating func delete(_ pool: PoolDefinition, of cluster: ClusterIdentity, isMidway: Bool) -> StepResult {
        guard let index = pools.firstIndex(where: { $0.uuid == pool.uuid }) else { return .unchanged }
        guard pools[index].path == pool.path, ObjectNames(cluster).defined(pools[index], on: name) else {
            complain("the pool \(pools[index].name) goes, which kvmctl did not define")
            return .skipped("it is somebody else's")
        }
        let folder = FakeNode.real(pool.path)
        if let file = files.keys.filter({ isIn(pools[index], $0) }).min() {
            complain("the pool \(pool.name) goes, and \(file) is in it")
            return .skipped("it contains \(file)")
        }
        if unmounted.contains(folder) { complain("the pool \(pool.name) goes, whose folder is not mounted") }
        pools[index].isActive = false
        marked.remove(folder)
        if !isMidway { pools.remove(at: index) }
        return .done
    }

    mutating func fetch(_ fetch: ImageFetch, isMidway: Bool) -> StepResult {
        for marker in fetch.markers { files[marker] = ObservedVolume(path: marker, capacity: Size(bytes: 0)) }
        if files[fetch.path] != nil { return .unchanged }
        // A transfer that was cut off leaves a `.part`, which is nobody's image yet.
        let path = isMidway ? fetch.path + ".part" : fetch.path
        files[path] = ObservedVolume(path: path, capacity: .gibibytes(2))
        if !isMidway { files[fetch.path + ".part"] = nil }
        return .done
    }

    mutating func release(_ markers: [String]) -> StepResult {
        for marker in markers { files[marker] = nil }
        return .done
    }

    mutating func discardTransfer(_ path: String) -> StepResult {
        files.removeValue(forKey: path + ".part") == nil ? .unchanged : .done
    }

    mutating func deleteImage(_ path: String, with markers: [String]) -> StepResult {
        guard files[path] != nil else { return .unchanged }
        let prefix = ImageKeeper.prefix(of: path)
        if files.keys.contains(where: { $0.hasPrefix(prefix) && !markers.contains($0) }) {
            complain("base image \(path) is deleted while another spec keeps it")
            return .skipped("it is kept")
        }
        let isUsed =
            files.values.contains { $0.backingPath.map(FakeNode.real) == path }
            || domains.values.contains { domain in domain.disks.contains { FakeNode.real($0.path) == path } }
        if isUsed {
            complain("base image \(path) is deleted while it is used")
            return .skipped("it is used")
        }
        files[path] = nil
        for file in markers + path.unfinishedFiles { files[file] = nil }
        return .done
    }

    mutating func create(_ volume: VolumeDefinition, of cluster: ClusterIdentity) throws(StepError) -> StepResult {
        try checkReach(volume.path, volume.owner, of: cluster)
        guard pools.contains(where: { $0.isActive && isIn($0, volume.path) }) else {
            throw StepError("no active pool holds \(volume.path)")
        }
        if let base = volume.backingPath, files[base] == nil {
            throw StepError("Cannot use backing store", causes: ["'\(base)' does not exist"])
        }
        if let pool = pools.first(where: { isIn($0, volume.path) }) { marked.insert(FakeNode.real(pool.path)) }
        let new = ObservedVolume(path: volume.path, capacity: volume.capacity, backingPath: volume.backingPath)
        guard let old = files[volume.path] else {
            files[volume.path] = new
            return .done
        }
        let phase = domains[volume.owner]?.mark?.phase
        guard phase == .creating || phase == .active || phase == .replacing, old == new else {
            throw StepError("storage volume '\(volume.path)' exists already")
        }
        return .unchanged
    }

    mutating func write(_ seed: SeedDefinition, of cluster: ClusterIdentity) throws(StepError) -> StepResult {
        try checkReach(seed.path, seed.owner, of: cluster)
        let new = ObservedVolume(path: seed.path, capacity: .mebibytes(1))
        defer { files[seed.path] = new }
        return files[seed.path] == new ? .unchanged : .done
    }

    mutating func deleteVolume(
        _ path: String, of uuid: UniqueID, _ cluster: ClusterIdentity
    ) throws(StepError) -> StepResult {
        let kept = (roster?.keptDisks ?? []).filter { $0.node == name }.map { disk in
            [disk.path] + DiskLayers.below(disk.path, disk: disk.disk.text, of: cluster, in: files)
        }
        let own = observed(by: cluster).domains.first { $0.uuid == uuid }?.disks.map { [$0.path] + $0.layers } ?? []
        // The disk that the file is or lies below, with all that is its own.
        let chain = (own + kept).filter { $0.contains(path) }.max { $0.count < $1.count } ?? []
        if chain.isEmpty || !kept.contains(chain), let reason = unreachable(path, uuid, of: cluster) {
            return domains[uuid] == nil && files[path] == nil ? .unchanged : .skipped(reason)
        }
        if let other = domains.values.first(where: { other in
            other.uuid != uuid && other.disks.contains { FakeNode.real($0.path) == path }
        }) {
            complain("\(path) of domain \(other.name) would be deleted")
            return .skipped("\(path) is used by \(other.name)")
        }
        if let domain = domains[uuid] {
            if domain.power != .shutOff {
                complain("\(path) is deleted while \(domain.name) runs")
                throw StepError("\(domain.name) runs")
            }
            let isRootMadeAnew =
                domain.mark?.phase == .replacing && domain.disks.contains { $0.path == path && $0.name == "root" }
            if domain.mark?.phase != .deleting, !isRootMadeAnew {
                complain("\(path) is deleted and \(domain.name) stays")
            }
        }
        if files.values.contains(where: { $0.backingPath.map(FakeNode.real) == path && !chain.contains($0.path) }) {
            complain("\(path) is deleted under an overlay")
        }
        halves.remove(path)
        return files.removeValue(forKey: path) == nil ? .unchanged : .done
    }

    mutating func write(_ new: Roster) -> StepResult {
        if let roster, roster.age > new.age {
            complain("roster \(roster.generation) is replaced by \(new.generation)")
        }
        roster = new
        return .done
    }

    private mutating func checkReach(
        _ path: String, _ owner: UniqueID, of cluster: ClusterIdentity
    ) throws(StepError) {
        if let reason = unreachable(path, owner, of: cluster) { throw StepError(reason) }
    }

    /// Why a file is not touched for a domain, which no plan may ask for.
    private mutating func unreachable(_ path: String, _ owner: UniqueID, of cluster: ClusterIdentity) -> String? {
        guard let domain = domains[owner] else {
            complain("\(path) is touched for domain \(owner), which is not there")
            return "no domain with matching uuid '\(owner)'"
        }
        guard domain.mark?.cluster == cluster, domain.mark?.uuid == owner, domain.markProblem == nil else {
            complain("foreign domain \(domain.name) would be changed")
            return "domain \(domain.name) is not of cluster \(cluster.name)"
        }
        let seen = observed(by: cluster).domains.first { $0.uuid == owner } ?? domain
        guard seen.reachedPaths.contains(path) else {
            complain("\(path) is touched, which \(domain.name) does not have")
            return "\(path) is not a file of \(domain.name)"
        }
        return nil
    }

    private func isIn(_ pool: ObservedPool, _ path: String) -> Bool {
        path.hasPrefix(pool.path + "/") && !path.dropFirst(pool.path.count + 1).contains("/")
    }
}
