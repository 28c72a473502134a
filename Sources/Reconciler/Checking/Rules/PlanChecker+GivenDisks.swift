import Spec

extension PlanChecker {
    /// A disk of somebody's own is attached where the spec says so and nobody else writes to it, and is never made,
    /// grown, moved or deleted.
    static func checkGivenDisks(_ evidence: Evidence) -> [Violation] {
        let attachments = evidence.plan.steps.flatMap { step in
            step.operation.attachedGivenDisks.map { Attachment(disk: $0, step: step) }
        }
        return attachments.compactMap { problem(with: $0, evidence) } + doubles(attachments, evidence)
            + evidence.plan.steps.compactMap { touch($0, evidence) }
    }

    /// What is attached to two guests at once, or to one as two disks.
    private static func doubles(_ attachments: [Attachment], _ evidence: Evidence) -> [Violation] {
        attachments.indices.compactMap { index in
            let disk = attachments[index]
            let other = attachments[..<index].first { $0.isOther(than: disk) && $0.isSameThing(as: disk, evidence) }
            guard let other, !disk.isReadOnly || !other.isReadOnly else { return nil }
            return Violation(.foreignName, disk.step.id, "\(other.step.id) attaches \(disk.path) as well")
        }
    }

    private static func problem(with item: Attachment, _ evidence: Evidence) -> Violation? {
        let (disk, step) = (item.disk, item.step)
        guard let node = evidence.nodes[step.node] else { return nil }
        guard item.isNamed(evidence) else {
            return Violation(.foreignName, step.id, "the spec does not give it \(disk.path)")
        }
        let kept = (evidence.roster?.keptDisks ?? []).contains {
            $0.node == step.node && node.isSameFile($0.path, disk.path)
        }
        if kept || isKeptDisk(disk.path, on: step.node, evidence) || node.isOwnFile(disk.path) {
            return Violation(.foreignName, step.id, "\(disk.path) is one of kvmctl's own")
        }
        if let problem = problem(of: disk, node) { return Violation(.foreignName, step.id, problem) }
        if item.ownPaths(node).contains(where: { node.isSameFile($0, disk.path) }) {
            return Violation(.foreignName, step.id, "it has \(disk.path) already")
        }
        return use(of: item, on: node, evidence).map { Violation(.foreignName, step.id, $0) }
    }

    /// Who else has a disk that only one may write to, on any node.
    private static func use(of item: Attachment, on node: ObservedNode, _ evidence: Evidence) -> String? {
        let (path, isReadOnly) = (item.path, item.isReadOnly)
        let identities = node.identities(of: path)
        for (name, other) in evidence.nodes where !identities.isEmpty {
            for user in other.users(ofDevice: identities) where user.uuid != item.uuid {
                guard !isReadOnly || other.mayWrite(user, toDevice: identities) else { continue }
                return "domain \(user.name) on \(name) uses \(path)"
            }
        }
        for place in evidence.sharing.places(of: path, on: node.name) {
            guard let observed = evidence.nodes[place.node] else {
                guard evidence.isUnreachable(place.node) else { continue }
                return "\(place.node) may use \(path), and did not answer"
            }
            for user in observed.users(of: place.what) where user.uuid != item.uuid {
                guard !isReadOnly || observed.mayWrite(user, to: place.what) else { continue }
                return "domain \(user.name) on \(place.node) uses \(path)"
            }
            if !isReadOnly, !observed.overlays(of: place.what).isEmpty { return "an overlay stands on \(path)" }
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

/// A disk of somebody's own that a step gives to a guest.
private struct Attachment {
    let disk: DomainDefinition.Disk
    let step: Step

    var path: String { disk.path }
    var isReadOnly: Bool { disk.options[.readonly] == "true" }

    /// The guest's domain.
    var uuid: UniqueID? {
        if case .domain(.define(let definition)) = step.operation { return definition.uuid }
        return step.operation.domain
    }

    /// Whether it is another disk, or another guest's.
    func isOther(than other: Attachment) -> Bool {
        uuid != other.uuid || disk.name != other.disk.name
    }

    /// Whether the two are one file or device, on one node or on two that see the same.
    func isSameThing(as other: Attachment, _ evidence: Evidence) -> Bool {
        guard let here = evidence.nodes[step.node], let there = evidence.nodes[other.step.node] else { return false }
        if here.name == there.name, here.isSameFile(path, other.path) { return true }
        let identities = here.identities(of: path)
        if !identities.isEmpty, there.isDevice(other.path, identities) { return true }
        return evidence.sharing.places(of: path, on: here.name).contains {
            $0.node == there.name && there.isSameFile($0.what, other.path)
        }
    }

    /// Whether the spec gives this very guest such a disk.
    func isNamed(_ evidence: Evidence) -> Bool {
        guard let owner = owner(evidence) else { return false }
        let instances = evidence.cluster.instances.values.filter {
            $0.name == owner || evidence.cluster.formerName(of: $0) == owner
        }
        return instances.contains { instance in
            instance.givenDisks.contains { given in
                guard given.name.text == disk.name, (given.options[.readonly] == "true") == isReadOnly else {
                    return false
                }
                if let path = given.path { return path == disk.path }
                let pool = evidence.cluster.nodes[step.node]?.pools[given.pool] ?? evidence.cluster.pools[given.pool]
                return pool.map { "\($0.path)/\(given.volume ?? "")" == disk.path } ?? false
            }
        }
    }

    /// The instance whose guest gets it, by the mark that the guest has then.
    private func owner(_ evidence: Evidence) -> Name? {
        if case .domain(.define(let definition)) = step.operation { return definition.mark.instance }
        if let edit = step.operation.edit { return edit.mark.instance }
        return uuid.flatMap { evidence.domains[Evidence.Place(node: step.node, uuid: $0)]?.mark?.instance }
    }

    /// The files of its other disks.
    func ownPaths(_ node: ObservedNode) -> [String] {
        // A definition leaves nothing of the one before it.
        if case .domain(.define(let definition)) = step.operation {
            return definition.disks.map(\.path) + [definition.seedPath]
        }
        let disks = node.domains.first { $0.uuid == uuid }?.disks ?? []
        return disks.filter { ($0.name ?? $0.given) != disk.name }.map(\.path)
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

    fileprivate var grownFile: String? {
        guard case .update(let update) = self, case .growDisk(let growth) = update.action else { return nil }
        return growth.path
    }
}
