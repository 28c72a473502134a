import Spec

extension PlanChecker {
    /// A pool goes only where this cluster defined it and wants it no more, after everything in it is gone.
    static func checkPools(_ evidence: Evidence) -> [Violation] {
        let isAsked = evidence.plan.steps.contains {
            if case .storage(.deletePool) = $0.operation { true } else { false }
        }
        guard isAsked else { return [] }
        let steps = Dictionary(grouping: evidence.plan.steps, by: \.node)
        return evidence.steps(where: \.isStorage).compactMap { index, step in
            guard case .storage(.deletePool(let pool)) = step.operation, let node = evidence.nodes[step.node] else {
                return nil
            }
            return problem(with: pool, index, step, node, beside: steps[step.node] ?? [], evidence)
                .map { Violation(.pool, step.id, $0) }
        }
    }

    /// A pool that runs stays on its storage, one that somebody else defined stays as it is, and no other pool is on its
    /// device.
    static func checkSource(
        of pool: PoolDefinition, _ step: Step, _ node: ObservedNode, _ evidence: Evidence
    ) -> Violation? {
        let there = node.pools.first { $0.path == pool.path }
        if there?.isActive != true, let other = otherUser(of: pool, step, node, evidence) {
            return Violation(.pool, step.id, "the pool \(other.name) is on the same device")
        }
        guard let there else { return nil }
        if there.isActive, !there.source.fits(pool.source) {
            return Violation(.pool, step.id, "the pool \(there.name) runs on other storage")
        }
        if there.uuid != pool.uuid, !there.definedSource.fits(pool.source) {
            return Violation(.foreignName, step.id, "the pool \(there.name) is somebody else's and on other storage")
        }
        return nil
    }

    /// A pool at another path that is on a pool's device or export, and is not deleted before the step.
    private static func otherUser(
        of pool: PoolDefinition, _ step: Step, _ node: ObservedNode, _ evidence: Evidence
    ) -> ObservedPool? {
        guard let origin = pool.source.origin, let index = evidence.graph.numbers[step.id] else { return nil }
        return node.pools.first { other in
            guard other.path != pool.path, [other.source.origin, other.definedSource.origin].contains(origin) else {
                return false
            }
            return !evidence.requires(index) { earlier in
                let earlier = evidence.plan.steps[earlier]
                guard case .storage(.deletePool(let deleted)) = earlier.operation else { return false }
                return earlier.node == step.node && deleted.path == other.path
            }
        }
    }

    private static func problem(
        with pool: PoolDefinition, _ index: Int, _ step: Step, _ node: ObservedNode, beside steps: [Step],
        _ evidence: Evidence
    ) -> String? {
        guard
            node.pools.contains(where: { $0.uuid == pool.uuid && $0.name == pool.name && $0.path == pool.path }),
            pool.uuid == UniqueID(derivedFrom: "pool/\(evidence.identity.text)/\(step.node)/\(pool.path)")
        else { return "this cluster did not define the pool \(pool.name)" }
        if case .apply = evidence.intent {
            if evidence.cluster.pools(on: step.node).contains(where: { $0.path == pool.path }) {
                return "the spec has a pool at \(pool.path)"
            }
        }
        guard
            node.folders[pool.path]?.state == .listed
                || !node.pools.contains(where: { $0.uuid == pool.uuid && ($0.isActive || $0.hidesContents) })
        else { return "the contents of \(pool.path) are unknown" }
        for path in node.volumes.keys.sorted() where isIn(pool, path) && !path.hasSuffix("/lost+found") {
            guard isGone(path, before: index, step, evidence) else { return "\(path) may still be in it" }
        }
        for domain in node.domains where !isUndefined(domain.uuid, before: step, evidence) {
            for path in domain.reachedPaths where isIn(pool, path) && !isGone(path, before: index, step, evidence) {
                return "domain \(domain.name) uses \(path)"
            }
        }
        let maker = steps.first { other in
            switch other.operation {
            case .storage(.ensurePool(let made)): return made.path == pool.path
            case .storage(.fetchImage(let fetch)): return isIn(pool, fetch.path)
            case .domain(.define(let definition)): return paths(definition).contains { isIn(pool, $0) }
            case .update(let update):
                if case .moveDisk(.copy, let move) = update.action { return isIn(pool, move.paths.to) }
                return other.operation.addedDisks.contains { isIn(pool, $0.path) }
            case .move(let part) where part.stage == .prepare || part.stage == .relocate:
                return part.move.destinationPaths.contains { isIn(pool, $0) }
            default: return other.operation.madeFile.map { isIn(pool, $0) } ?? false
            }
        }
        return maker.map { "\($0.id) creates a file in it" }
    }

    private static func isIn(_ pool: PoolDefinition, _ path: String) -> Bool {
        path.hasPrefix(pool.path + "/") && !path.dropFirst(pool.path.utf8.count + 1).contains("/")
    }

    /// Whether a file of the step's node is deleted before it, there or by another node that shares its folder.
    private static func isGone(_ path: String, before index: Int, _ step: Step, _ evidence: Evidence) -> Bool {
        let places = evidence.sharing.places(of: path, on: step.node)
        return evidence.requires(index) { other in
            let earlier = evidence.plan.steps[other]
            return places.contains { $0.node == earlier.node && earlier.operation.deletes($0.what) }
        }
    }
}
