import Spec

extension PoolEmitter {
    /// Makes the pools' folders that new instances' disks need, and has those run that have volumes of people's own.
    mutating func planPools() {
        let toMake = Set(toMake.map(\.name))
        let changing = updated { !$0.volumes.isEmpty || $0.replacesRoot || $0.hasCopies }
        let made = self.toMake + moving + changing.filter { !toMake.contains($0.name) }
        let given = self.toMake + identities.existing
        // What is refused since its volume is in a pool that is not started is made there by a later run.
        let unplaced = classification.missing.filter {
            home(of: $0.name) == nil && $0.node != nil && !$0.givenDisks.isEmpty
        }
        let needs =
            made.map { ($0.name, disks(of: $0).map(\.pool)) }
            + (given + unplaced).map { ($0.name, $0.givenDisks.filter { $0.volume != nil }.map(\.pool)) }
        let pins = Dictionary(
            unplaced.compactMap { item in item.node.map { (item.name, $0) } }, uniquingKeysWith: { first, _ in first })
        for (instance, pools) in needs where !pools.isEmpty {
            guard let node = home(of: instance) ?? pins[instance], let observed = answered[node] else { continue }
            for pool in Set(pools).sorted() {
                guard let folder = self.pool(pool, on: node) else { continue }
                let location = Location(node: node, what: folder.path)
                guard !graph.isFulfilled(.pool(location)),
                    !observed.pools.contains(where: { $0.path == folder.path && $0.isActive }),
                    storageObstacle(folder, on: observed) == nil
                else { continue }
                let known = observed.pools.first { $0.path == folder.path }
                let name = known?.name ?? freePoolName(pool, folder, on: observed)
                let object = ObjectReference(.pool, name, on: node)
                ensure(folder, object, on: node)
                graph.findings.changes.append(
                    Change(
                        known == nil ? .create : .start, object,
                        reason: known == nil ? "no pool exists at \(folder.path)" : "it exists but is not started"))
            }
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
