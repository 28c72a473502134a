import Spec

extension PoolRemovalEmitter {
    /// Takes away pools that this cluster defined, once its spec has no pool over their folder and nothing is in it.
    ///
    /// What is in the folder stays, whosever it is: a pool in which anything is left stays as well.
    mutating func planPoolRemovals() {
        let leaving = answeredNames.compactMap { answered[$0] }.map { ($0, leavingPools(of: $0)) }
            .filter { !$0.1.isEmpty }
        guard !leaving.isEmpty else { return }
        let (going, makers, making, hasOtherParts) = (goingFiles(), makers(), poolsWithOrigin(), hasOtherParts)
        for (observed, pools) in leaving {
            let node = observed.name
            for pool in pools {
                let maker = makers[Location(node: node, what: pool.path)]
                if let reason = reasonToKeep(pool, on: observed, going[node] ?? [:], maker) {
                    // Another part's spec may have it.
                    if hasOtherParts { continue }
                    graph.findings.note(
                        about: [ObjectReference(.pool, pool.name, on: node)],
                        "the pool \(pool.name) is kept on \(node): \(reason)")
                } else {
                    remove(pool, on: observed, going[node] ?? [:], making)
                }
            }
        }
    }

    /// Whether anything of a part is there that this run does not change.
    private var hasOtherParts: Bool {
        owned.values.contains { !manages($0.mark.part) } || history.instances.values.contains { !manages($0.part) }
            || history.keptDisks.all.contains { !manages($0.part) }
    }

    /// The steps that take files away, by node and file, on every node that has it.
    private func goingFiles() -> [Name: [String: Set<StepID>]] {
        var going: [Name: [String: Set<StepID>]] = [:]
        for step in graph.steps {
            for path in step.operation.removedFiles {
                for place in places(of: path, on: step.node) {
                    going[place.node, default: [:]][place.what, default: []].insert(step.id)
                }
            }
        }
        return going
    }

    /// What first makes a file in each folder of a node.
    private func makers() -> [Location: String] {
        var makers: [Location: String] = [:]
        for step in graph.steps {
            for path in step.operation.madePaths {
                let location = Location(node: step.node, what: path.folder)
                if makers[location] == nil { makers[location] = step.object.name }
            }
        }
        return makers
    }

    /// The steps that make pools of a device or an export, by node.
    private func poolsWithOrigin() -> [Name: [(StepID, PoolDefinition)]] {
        var making: [Name: [(StepID, PoolDefinition)]] = [:]
        for step in graph.steps {
            guard case .storage(.ensurePool(let made)) = step.operation, made.source.origin != nil else { continue }
            making[step.node, default: []].append((step.id, made))
        }
        return making
    }

    /// Why a pool that nobody's spec has any more must stay.
    private func reasonToKeep(
        _ pool: ObservedPool, on node: ObservedNode, _ going: [String: Set<StepID>], _ maker: String?
    ) -> String? {
        let folder = node.folders[pool.path]
        guard !pool.hidesContents else {
            return "it is stopped, so what its file system contains is unknown; start it: virsh pool-start \(pool.name)"
        }
        guard folder?.state == .listed || !pool.isActive else { return "the contents of \(pool.path) are unknown" }
        guard folder?.id != nil || !pool.isActive else {
            return
                "\(pool.path) has no kvmctl mark: its file system may not be mounted. Mount it there, or confirm on "
                + "\(node.name) that it is the right folder: " + ObservedFolder.markCommand(pool.path)
        }
        let left = files(of: pool, on: node).filter { going[$0] == nil }
        if let path = left.first {
            let kept = (history.keptDisks.all + graph.keptDisks).first { $0.node == node.name && $0.path == path }
            let what =
                kept.map { "it contains the kept data disk \($0.disk) of \($0.instance)" } ?? "it contains \(path)"
            return what + (left.count > 1 ? ", and \(left.count - 1) more" : "")
        }
        for domain in node.domains where removal(of: domain, on: node.name) == nil {
            let path = domain.reachedPaths.first {
                $0.folder == pool.path && going[$0] == nil
            }
            if let path { return "\(path) is a disk of \(domain.name)" }
        }
        return maker.map { "\($0) creates a file in it" }
    }

    private mutating func remove(
        _ pool: ObservedPool, on node: ObservedNode, _ going: [String: Set<StepID>],
        _ making: [Name: [(StepID, PoolDefinition)]]
    ) {
        guard let uuid = pool.uuid else { return }
        var before: Set<StepID> = []
        for (path, steps) in going where path.folder == pool.path { before.formUnion(steps) }
        for domain in node.domains where domain.reachedPaths.contains(where: { $0.folder == pool.path }) {
            if let step = removal(of: domain, on: node.name) { before.insert(step) }
        }
        let object = ObjectReference(.pool, pool.name, on: node.name)
        let step = StepID("\(node.name)/pool/\(pool.name)/delete")
        // libvirt makes no second pool of a device or an export.
        for (other, made) in making[node.name] ?? [] where made.path != pool.path {
            guard let origin = made.source.origin, pool.isMade(of: origin) else { continue }
            graph.require(.step(step), before: other)
        }
        add(
            PlannedStep(
                id: step, node: node.name, object: object,
                operation: .storage(
                    .deletePool(
                        PoolDefinition(name: pool.name, path: pool.path, uuid: uuid, source: pool.definedSource))),
                requires: before.sorted { $0.text < $1.text }.map(Requirement.step)))
        graph.findings.changes.append(
            Change(
                .delete, object, reason: isDestroy ? "destroy was requested" : "it is not in the spec",
                details: ["kvmctl defined it; the folder \(pool.path) is kept"]))
    }

    /// What is in a pool's folder, but for what every file system has, sorted.
    private func files(of pool: ObservedPool, on node: ObservedNode) -> [String] {
        node.volumes.keys.filter { $0.folder == pool.path && $0.fileName != "lost+found" }.sorted()
    }

    /// The step of this plan that undefines a domain; nil where it stays.
    private func removal(of domain: ObservedDomain, on node: Name) -> StepID? {
        guard let instance = domain.mark?.instance, let owned = owned[instance], owned.node == node,
            owned.domain.uuid == domain.uuid
        else { return nil }
        return removals[instance]
    }
}
