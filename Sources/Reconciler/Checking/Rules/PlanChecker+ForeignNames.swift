import Spec

extension PlanChecker {
    /// Names, UUIDs, bridges and files that others have are not taken.
    static func checkForeignNames(_ evidence: Evidence) -> [Violation] {
        evidence.plan.steps.compactMap { step in
            guard let node = evidence.nodes[step.node] else { return nil }
            switch step.operation {
            case .domain(.define(let definition)): return check(definition, step, node, evidence)
            case .network(.define(let definition)), .network(.change(let definition, _)):
                return check(definition, step, node)
            case .storage(.createVolume(let volume)): return checkFile(volume.path, volume.owner, step, node, evidence)
            case .storage(.writeSeed(let seed)): return checkFile(seed.path, seed.owner, step, node, evidence)
            case .storage(.ensurePool(let pool)):
                if let other = node.pools.first(where: { $0.name == pool.name && $0.path != pool.path }) {
                    return Violation(.foreignName, step.id, "pool \(pool.name) is at \(other.path)")
                }
                return checkSource(of: pool, step, node, evidence)
            default: return nil
            }
        }
    }

    private static func check(
        _ definition: DomainDefinition, _ step: Step, _ node: ObservedNode, _ evidence: Evidence
    ) -> Violation? {
        let files = Set(paths(definition))
        for other in node.domains where other.uuid != definition.uuid {
            if other.name == definition.name, !isUndefined(other.uuid, before: step, evidence) {
                return Violation(.foreignName, step.id, "domain \(other.uuid) has the name \(other.name)")
            }
            if let disk = other.disks.first(where: { files.contains($0.path) }),
                !isUndefined(other.uuid, before: step, evidence)
            {
                return Violation(.foreignName, step.id, "domain \(other.name) uses the file \(disk.path)")
            }
        }
        for path in paths(definition) {
            if let violation = checkFile(path, definition.uuid, step, node, evidence) { return violation }
        }
        return nil
    }

    private static func check(_ definition: NetworkDefinition, _ step: Step, _ node: ObservedNode) -> Violation? {
        for other in node.networks where other.uuid != definition.mark.uuid {
            if other.name == definition.name {
                return Violation(.foreignName, step.id, "network \(other.uuid) has the name \(other.name)")
            }
            if other.bridge == definition.bridge {
                return Violation(.foreignName, step.id, "network \(other.name) uses the bridge \(definition.bridge)")
            }
        }
        return nil
    }

    /// A file that is there may be used by the domain that has it already, by the instance it was kept for, or by the
    /// instance whose file it was before somebody undefined its domain; the last two the roster tells.
    private static func checkFile(
        _ path: String, _ owner: UniqueID, _ step: Step, _ node: ObservedNode, _ evidence: Evidence
    ) -> Violation? {
        guard node.volumes[path] != nil else { return nil }
        let place = Evidence.Place(node: step.node, uuid: owner)
        if let domain = evidence.domains[place], domain.disks.contains(where: { $0.path == path }) { return nil }
        let standing = node.overlays(of: path).filter { overlay in
            guard let index = evidence.graph.numbers[step.id] else { return true }
            return !evidence.requires(index) { evidence.plan.steps[$0].operation.deletes(overlay.path) }
        }
        if let overlay = standing.first {
            return Violation(.foreignName, step.id, "\(path) is the backing file of \(overlay.path)")
        }
        if let instance = evidence.definitions[place]?.mark.instance,
            evidence.keptDisks.contains(where: {
                $0.path == path && $0.node == step.node && $0.instance == instance
            })
        {
            return nil
        }
        if let instance = evidence.definitions[place]?.mark.instance, let entry = evidence.roster?.instances[instance],
            isOnlyEnd(step.node, of: entry, evidence), entry.uuid == owner,
            entry.volumes.values.contains(where: {
                $0 == path || evidence.cluster.path($0, from: entry.node, to: step.node) == path
            })
        {
            return nil
        }
        if let index = evidence.graph.numbers[step.id],
            evidence.requires(
                index,
                {
                    let operation = evidence.plan.steps[$0].operation
                    return operation.deletedFile == path || operation.clearsTrial && operation.endedFiles.contains(path)
                })
        {
            return nil
        }
        return Violation(.foreignName, step.id, "\(path) exists already and does not belong to this cluster")
    }

    /// Whether a node is where the roster says, or the end of an unfinished move that alone has disks.
    private static func isOnlyEnd(_ node: Name, of entry: Roster.Entry, _ evidence: Evidence) -> Bool {
        if entry.doubt == .split { return evidence.nodes[node].map { !entry.hasDisk(on: $0) } ?? false }
        if entry.alsoOn == node, evidence.cluster.nodes[entry.node]?.state == .lost {
            // What was copied before the loss may be half of it.
            var half = entry
            half.volumes = entry.volumes.mapValues { evidence.cluster.path($0, from: entry.node, to: node) }
            return evidence.nodes[node].map { !half.hasDisk(on: $0) } ?? false
        }
        guard entry.alsoOn == node, let other = evidence.nodes[entry.node] else { return entry.node == node }
        return !entry.hasDisk(on: other)
    }

    /// Whether a step waits for a domain of its node to be undefined.
    static func isUndefined(_ uuid: UniqueID, before step: Step, _ evidence: Evidence) -> Bool {
        guard let index = evidence.graph.numbers[step.id] else { return false }
        return evidence.requires(index) { other in
            let operation = evidence.plan.steps[other].operation
            return operation.isUndefinition && operation.domain == uuid
        }
    }
}
