import Spec

extension PoolEmitter {
    /// Makes the pools' folders that new instances' disks and images need, and has those run that have volumes of people's own.
    mutating func planPools() {
        let toMake = Set(toMake.map(\.name))
        let changing = updated { !$0.volumes.isEmpty || $0.replacesRoot || $0.hasCopies }
        let given = self.toMake + identities.existing
        // What is refused since its volume is in a pool that is not started is made there by a later run.
        let unplaced = classification.missing.filter {
            home(of: $0.name) == nil && $0.node != nil && !$0.givenDisks.isEmpty
        }
        for instance in self.toMake + changing.filter({ !toMake.contains($0.name) }) {
            guard let node = home(of: instance.name) else { continue }
            let isMade = toMake.contains(instance.name) || updates[instance.name]?.update.replacesRoot == true
            plan(
                isMade
                    ? storage(of: instance, on: node).pools
                    : disks(of: instance).compactMap { pool($0.pool, on: node) }, on: node)
        }
        for instance in moving {
            guard let node = home(of: instance.name) else { continue }
            plan(disks(of: instance).compactMap { pool($0.pool, on: node) }, on: node)
        }
        for image in backingFiles() { plan(pools(over: image.what.folder, on: image.node), on: image.node) }
        for instance in given + unplaced {
            guard let node = home(of: instance.name) ?? instance.node else { continue }
            let pools = instance.givenDisks.filter { $0.volume != nil }.compactMap { pool($0.pool, on: node) }
            plan(pools, on: node)
        }
    }

    /// The base images that disks stand on, or will after they moved, and that are not there: perhaps since their pool is not
    /// started.
    private func backingFiles() -> [Location] {
        var files: [Location] = []
        for instance in moving {
            guard let move = moves[instance.name], let owned = owned[instance.name] else { continue }
            files += backingPaths(of: owned, on: move.mark).map { Location(node: move.to, what: $0) }
        }
        for instance in updated(where: { $0.hasCopies }) {
            guard let node = owned[instance.name]?.node else { continue }
            let paths = updates[instance.name]?.update.copies.compactMap(\.backingPath) ?? []
            files += paths.map { Location(node: node, what: $0) }
        }
        for instance in existing where !instance.isAdopted {
            guard let owned = owned[instance.name] else { continue }
            files += backingFiles(of: owned).map { Location(node: owned.node, what: $0) }
        }
        for instance in toMake {
            guard let node = home(of: instance.name), let path = keptBacking(of: instance, on: node) else { continue }
            files.append(Location(node: node, what: path))
        }
        return files.filter { answered[$0.node]?.volumes[$0.what] == nil }
    }

    /// Has pools run that do not, or makes them.
    private mutating func plan(_ pools: [Pool], on node: Name) {
        guard let observed = answered[node] else { return }
        for folder in pools.sorted(by: { $0.name < $1.name }) {
            let location = Location(node: node, what: folder.path)
            guard !graph.isFulfilled(.pool(location)),
                !observed.pools.contains(where: { $0.path == folder.path && $0.isActive }),
                storageObstacle(folder, on: observed) == nil
            else { continue }
            let known = observed.pools.first { $0.path == folder.path }
            let name = known?.name ?? freePoolName(folder.name, folder, on: observed)
            let object = ObjectReference(.pool, name, on: node)
            ensure(folder, object, on: node)
            graph.findings.changes.append(
                Change(
                    known == nil ? .create : .start, object,
                    reason: known == nil ? "no pool exists at \(folder.path)" : "it exists but is not started"))
        }
    }

    /// Has a pool become what the spec says.
    ///
    /// - Parameter isNeeded: whether what needs its folder waits for that.
    mutating func ensure(_ pool: Pool, _ object: ObjectReference, on node: Name, isNeeded: Bool = true) {
        let definition = PoolDefinition(
            name: object.name, path: pool.path, uuid: names.poolUUID(pool.path, on: node), source: pool.source)
        add(
            PlannedStep(
                id: StepID("\(node)/pool/\(object.name)/ensure"), node: node, object: object,
                operation: .storage(.ensurePool(definition))),
            as: isNeeded ? .pool(Location(node: node, what: pool.path)) : nil)
    }

    /// libvirt's tools call the pool of the images folder `default`.
    private func freePoolName(_ pool: Name, _ folder: Pool, on node: ObservedNode) -> String {
        let first = folder.path == Pool.localPath ? "default" : pool.text
        let taken = Set(node.pools.map(\.name))
        return [first, pool.text, "\(identity.name).\(pool)"].first { !taken.contains($0) }
            ?? "\(identity.name).\(pool)"
    }
}
