import Spec

extension PlanChecker {
    /// A disk of somebody's own is attached where the spec says so and nobody else writes to it, and is never made, grown, moved
    /// or deleted.
    static func checkGivenDisks(_ evidence: Evidence) -> [Violation] {
        evidence.plan.steps.flatMap { step -> [Violation] in
            let attached = step.operation.attachedGivenDisks.compactMap { disk in
                attachment(of: disk, to: step.operation.attachingInstance, step, evidence)
            }
            return attached + [touch(step, evidence)].compactMap(\.self)
        }
    }

    private static func attachment(
        of disk: DomainDefinition.Disk, to uuid: UniqueID?, _ step: Step, _ evidence: Evidence
    ) -> Violation? {
        guard let node = evidence.nodes[step.node] else { return nil }
        let isNamed = evidence.cluster.instances.values.contains { instance in
            instance.givenDisks.contains { given in
                guard given.name.text == disk.name else { return false }
                if let path = given.path { return path == disk.path }
                let pool = evidence.cluster.nodes[step.node]?.pools[given.pool] ?? evidence.cluster.pools[given.pool]
                return pool.map { "\($0.path)/\(given.volume ?? "")" == disk.path } ?? false
            }
        }
        guard isNamed else { return Violation(.foreignName, step.id, "the spec does not give it \(disk.path)") }
        if isKeptDisk(disk.path, on: step.node, evidence) || disk.path.isBaseImagePath {
            return Violation(.foreignName, step.id, "\(disk.path) is one of kvmctl's own")
        }
        if let problem = problem(of: disk, node) { return Violation(.foreignName, step.id, problem) }
        let own = node.domains.first { $0.uuid == uuid }?.disks ?? []
        if own.contains(where: { ($0.name ?? $0.given) != disk.name && node.isSameFile($0.path, disk.path) }) {
            return Violation(.foreignName, step.id, "it has \(disk.path) already")
        }
        let isReadOnly = disk.options[.readonly] == "true"
        for (name, other) in evidence.nodes where disk.path.isDeviceIdentity {
            for user in other.users(of: disk.path) where user.uuid != uuid {
                guard !isReadOnly || other.mayWrite(user, to: disk.path) else { continue }
                return Violation(.foreignName, step.id, "domain \(user.name) on \(name) uses \(disk.path)")
            }
        }
        for place in evidence.sharing.places(of: disk.path, on: step.node) {
            guard let observed = evidence.nodes[place.node] else {
                guard evidence.isUnreachable(place.node) else { continue }
                return Violation(.foreignName, step.id, "\(place.node) may use \(disk.path), and did not answer")
            }
            for user in observed.users(of: place.what) where user.uuid != uuid {
                guard !isReadOnly || observed.mayWrite(user, to: place.what) else { continue }
                return Violation(.foreignName, step.id, "domain \(user.name) on \(place.node) uses \(disk.path)")
            }
            if !isReadOnly, !observed.overlays(of: place.what).isEmpty {
                return Violation(.foreignName, step.id, "an overlay stands on \(disk.path)")
            }
        }
        return nil
    }

    /// Why a guest may not have a disk at all; a device that it has already may look busy, as by a volume group in it.
    private static func problem(of disk: DomainDefinition.Disk, _ node: ObservedNode) -> String? {
        guard let volume = node.volumes[disk.path] else { return "\(disk.path) is not there" }
        if volume.isOtherThing || volume.isBlockDevice != disk.isBlockDevice {
            return "\(disk.path) is not what the spec says"
        }
        let has = node.domains.contains { $0.isActive && $0.disks.contains { $0.path == disk.path && $0.given != nil } }
        if volume.isInUseByNode, !has { return "\(node.name) uses \(disk.path)" }
        if !disk.isRaw, volume.backingPath != nil || volume.problem != nil {
            return "\(disk.path) refers to another file"
        }
        return nil
    }

    /// A file that a guest has as somebody's own is left alone.
    private static func touch(_ step: Step, _ evidence: Evidence) -> Violation? {
        let files = [step.operation.deletedFile, step.operation.madeFile, step.operation.grownFile].compactMap(\.self)
        guard !files.isEmpty, let node = evidence.nodes[step.node] else { return nil }
        for domain in node.domains where Evidence.owns(evidence.identity, domain) {
            for disk in domain.disks where disk.given != nil {
                if files.contains(where: { node.isSameFile($0, disk.path) }) {
                    return Violation(.ownership, step.id, "\(disk.path) is not kvmctl's")
                }
            }
        }
        return nil
    }
}

extension Operation {
    /// The disks of somebody's own that the operation gives to a domain.
    fileprivate var attachedGivenDisks: [DomainDefinition.Disk] {
        switch self {
        case .domain(.define(let definition)): return definition.givenDisks
        case .update(let update):
            if case .plugDisk(let disk) = update.action, disk.isGiven { return [disk] }
            let changed = edit?.items.compactMap { item -> DomainDefinition.Disk? in
                if case .diskOptions(let disk) = item { disk } else { nil }
            }
            return (addedDisks + (changed ?? [])).filter(\.isGiven)
        default: return []
        }
    }

    fileprivate var attachingInstance: UniqueID? {
        if case .domain(.define(let definition)) = self { return definition.uuid }
        return domain
    }

    fileprivate var grownFile: String? {
        guard case .update(let update) = self, case .growDisk(let growth) = update.action else { return nil }
        return growth.path
    }
}
