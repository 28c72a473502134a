import Spec

extension PoolEmitter {
    /// Sets right the pools that this cluster defined.
    ///
    /// A pool that runs is never put onto other storage: what is in it would be gone for its users. A run that only reads
    /// the file of a pool sees to it where its own instances have disks in it.
    mutating func planPoolChanges() {
        guard !isDestroy else { return }
        let inUse = hasOthersPools ? foldersInUse() : []
        for observed in answeredNames.compactMap({ answered[$0] }) {
            for pool in cluster.pools(on: observed.name) {
                let location = Location(node: observed.name, what: pool.path)
                guard cluster.isManaged(pool) || inUse.contains(location),
                    let there = observed.pools.first(where: {
                        $0.path == pool.path && names.defined($0, on: observed.name)
                    }), !graph.isFulfilled(.pool(location))
                else { continue }
                change(there, to: pool, on: observed)
            }
        }
    }

    /// Whether there are pools of a file that this run only reads.
    private var hasOthersPools: Bool {
        answeredNames.contains { node in cluster.pools(on: node).contains { !cluster.isManaged($0) } }
    }

    /// The folders in which instances of this run have disks and their backing files.
    private func foldersInUse() -> Set<Location> {
        var folders: Set<Location> = []
        for instance in existing + missing {
            guard let node = home(of: instance.name) else { continue }
            let backing = owned[instance.name].map { backingFiles(of: $0).map(\.folder) } ?? []
            for folder in storage(of: instance, on: node).pools.map(\.path) + backing {
                folders.insert(Location(node: node, what: folder))
            }
        }
        return folders
    }

    private mutating func change(_ there: ObservedPool, to pool: Pool, on observed: ObservedNode) {
        let running = there.isActive ? pool.differences(from: there.source) : []
        let differences = running.isEmpty ? pool.differences(from: there.definedSource) : running
        // No mark says what was applied; a pool that runs as the spec says was, at least.
        let isDrift = there.isActive && running.isEmpty
        var fields = differences.map { difference in
            FieldChange(
                path: difference.key, old: difference.old, new: difference.new, effect: .live,
                origin: isDrift ? .drift : .edit, position: pool.position)
        }
        var reasons = differences.isEmpty ? [] : ["it differs from the spec"]
        if there.isActive, !there.autostart {
            reasons.append("it does not start with its node")
            fields.append(FieldChange(path: "autostart", old: "false", new: "true", effect: .live, origin: .drift))
        }
        let missing = missingMount(of: there, on: observed)
        if let missing {
            reasons.append(missing.reason)
        } else if there.lacksMark(on: observed) {
            reasons.append("its file system has no kvmctl mark")
        }
        guard !reasons.isEmpty else { return }
        let object = ObjectReference(.pool, there.name, on: observed.name)
        var change = Change(
            .update, object, reason: reasons.joined(separator: "; "), fields: fields, position: pool.position,
            origin: fields.isEmpty ? .drift : .edit)
        change.blocked =
            running.isEmpty
            ? missing?.remedy ?? obstacle(to: pool, insteadOf: there, on: observed)
            : "it is in use; once nothing in it is needed, stop it there: virsh pool-destroy \(there.name)"
        // What starts with the node later is there now: nobody waits for it.
        let isNeeded = !there.isActive || !differences.isEmpty || there.lacksMark(on: observed)
        if change.blocked == nil { ensure(pool, object, on: observed.name, isNeeded: isNeeded) }
        graph.findings.changes.append(change)
    }

    /// Why a pool cannot be defined and started as the spec says; nil where it can, or runs.
    private func obstacle(to pool: Pool, insteadOf there: ObservedPool, on node: ObservedNode) -> String? {
        guard !there.isActive else { return nil }
        if let other = deviceObstacle(pool, on: node) { return "\(other.reason); \(other.remedy)" }
        guard pool.type.isMounted, !there.definedSource.isMounted, let path = node.firstFile(in: pool.path) else {
            return nil
        }
        return "the folder \(pool.path) contains \(path), which the mount would hide; move its files away first"
    }
}

extension ObservedPool {
    /// Whether libvirt has mounted its file system, and a run ended before kvmctl's mark was in it.
    fileprivate func lacksMark(on node: ObservedNode) -> Bool {
        guard isActive, isMounted, let folder = node.folders[path], folder.state == .listed else { return false }
        return folder.id == nil
    }
}
