import Spec

extension PlanChecker {
    /// Data disks go only where that was asked for, and no file goes that somebody else uses.
    static func checkDataDisks(_ evidence: Evidence) -> [Violation] {
        let mayDeleteData =
            switch evidence.intent {
            case .apply(let deleteData), .destroy(let deleteData): deleteData
            }
        return evidence.steps(where: { $0.deletedFile != nil }).compactMap { index, step -> Violation? in
            guard let path = step.operation.deletedFile, let uuid = step.operation.domain else { return nil }
            let node = evidence.nodes[step.node]
            let domain = evidence.domains[Evidence.Place(node: step.node, uuid: uuid)]
            // Of the two files of a disk that is being moved, the one that the domain does not use is nobody's data.
            let isOther = domain?.reachedPaths.contains(path) ?? false
            let disk = domain?.disks.first { $0.path == path || $0.layers.contains(path) }
            let isData = disk?.isData ?? !isOther
            let isByName = evidence.deletedDisks.contains { isNamed($0, path, step, domain) }
            if isData, !mayDeleteData, !isByName {
                return Violation(.dataDisk, step.id, "the deletion of \(path) was not requested")
            }
            if let other = node?.users(of: path).first(where: {
                $0.uuid != uuid && !evidence.isTaken(path, from: $0, before: index)
            }) {
                return Violation(.dataDisk, step.id, "domain \(other.name) uses \(path)")
            }
            let chain = chain(of: path, disk, on: step.node, evidence)
            if let other = node?.overlays(of: path).map(\.path).filter({ !chain.contains($0) }).min() {
                return Violation(.dataDisk, step.id, "\(path) is the backing file of \(other)")
            }
            // What lies below a disk is worth nothing without it, and the disk nothing without that.
            if let top = chain.first, top != path, !isDeletedLater(top, than: index, evidence) {
                return Violation(.dataDisk, step.id, "\(path) is the backing file of \(top), which is kept")
            }
            return nil
        }
    }

    /// The disk that a file is or lies below, with all that is its own below it; the disk first.
    private static func chain(
        of path: String, _ disk: ObservedDomain.Disk?, on node: Name, _ evidence: Evidence
    ) -> [String] {
        if let disk { return [disk.path] + disk.layers }
        return evidence.keptChain(of: path, on: node)
    }

    private static func isDeletedLater(_ path: String, than index: Int, _ evidence: Evidence) -> Bool {
        evidence.plan.steps.indices.contains { later in
            let step = evidence.plan.steps[later]
            return step.node == evidence.plan.steps[index].node && step.operation.deletedFile == path
                && evidence.requires(later) { $0 == index }
        }
    }

    /// Whether a disk that was named is the one that a step deletes.
    private static func isNamed(_ name: String, _ path: String, _ step: Step, _ domain: ObservedDomain?) -> Bool {
        if step.object.kind == .disk { return step.object.name == name }
        guard let instance = domain?.mark?.instance,
            let disk = domain?.disks.first(where: { $0.path == path || $0.layers.contains(path) })?.name
        else { return false }
        return "\(instance).\(disk)" == name
    }

    /// A base image goes only after everything that refers to it, and is never written over.
    static func checkImages(_ evidence: Evidence) -> [Violation] {
        var users: [Use: StepID] = [:]
        for step in evidence.plan.steps {
            switch step.operation {
            case .storage(.createVolume(let volume)):
                if let path = volume.backingPath { users[Use(node: step.node, path: path)] = step.id }
            case .move(let part) where part.stage == .prepare || part.stage == .relocate:
                for path in part.move.disks.compactMap(\.backingPath).map(part.move.mark.destinationPath) {
                    users[Use(node: step.node, path: path)] = step.id
                }
            case .update(let update):
                guard case .moveDisk(.copy, let move) = update.action, let path = move.backingPath else { continue }
                users[Use(node: step.node, path: path)] = step.id
            default: break
            }
        }
        return evidence.steps(where: \.isStorage).compactMap { index, step in
            switch step.operation {
            case .storage(.fetchImage(let fetch)):
                isImage(fetch.path) ? nil : Violation(.image, step.id, "\(fetch.path) is not a name of a base image")
            case .storage(.deleteImage(let path, _)): checkImage(path, index, step, evidence, users)
            default: nil
            }
        }
    }

    /// A base image that a new volume stands on.
    private struct Use: Hashable {
        var node: Name
        var path: String
    }

    private static func checkImage(
        _ path: String, _ index: Int, _ step: Step, _ evidence: Evidence, _ users: [Use: StepID]
    ) -> Violation? {
        guard isImage(path) else { return Violation(.image, step.id, "\(path) is not a base image") }
        guard let node = evidence.nodes[step.node] else { return nil }
        for volume in node.overlays(of: path).sorted(by: { $0.path < $1.path }) {
            // Another node that shares the folder may be the one that deletes it.
            let places = evidence.sharing.places(of: volume.path, on: step.node)
            let nodes = Set(places.map(\.node))
            let isGone = evidence.graph.requires(
                index,
                through: { other in
                    let earlier = evidence.plan.steps[other]
                    return nodes.contains(earlier.node) || earlier.operation.isRosterWrite
                }
            ) { other in
                let earlier = evidence.plan.steps[other]
                return places.contains { $0.node == earlier.node && earlier.operation.deletes($0.what) }
            }
            if !isGone { return Violation(.image, step.id, "\(volume.path) may still need it") }
        }
        for domain in node.domains {
            let file = path.split(separator: "/").last.map(String.init)
            let refers =
                domain.disks.contains { node.isSameFile($0.path, path) }
                || domain.mark?.baseImage == file && !standsElsewhere(domain, than: path, index, step, node, evidence)
            let isRebased =
                domain.mark?.baseImage == file
                && evidence.requires(index) { other in
                    let operation = evidence.plan.steps[other].operation
                    return operation.domain == domain.uuid && operation.edit.map { $0.mark.baseImage != file } ?? false
                }
            if refers, !isRebased, !isUndefined(domain.uuid, before: step, evidence) {
                return Violation(.image, step.id, "domain \(domain.name) may still need it")
            }
        }
        if let other = users[Use(node: step.node, path: path)] {
            return Violation(.image, step.id, "\(other) needs it")
        }
        return nil
    }

    /// Whether a domain's root disk stands on another file that has the image's name, or has left this one for it by then.
    private static func standsElsewhere(
        _ domain: ObservedDomain, than path: String, _ index: Int, _ step: Step, _ node: ObservedNode,
        _ evidence: Evidence
    ) -> Bool {
        guard let root = domain.disks.first(where: { $0.name == "root" })?.path,
            let base = node.volumes[root]?.backingPath,
            base.split(separator: "/").last == path.split(separator: "/").last
        else { return false }
        if !node.isSameFile(base, path) { return true }
        return evidence.requires(index) { other in
            let earlier = evidence.plan.steps[other]
            return earlier.node == step.node && earlier.operation.deletes(root)
        }
    }

    /// Whether the file's name is `kvmctl-<64 hexadecimal digits>.qcow2`.
    private static func isImage(_ path: String) -> Bool {
        guard path.hasPrefix("/"), let file = path.split(separator: "/").last else { return false }
        guard file.hasPrefix("kvmctl-"),
            file.hasSuffix(".qcow2") && file.utf8.count == 77 || file.hasSuffix(".iso") && file.utf8.count == 75
        else { return false }
        return file.dropFirst(7).prefix(64).allSatisfy { $0.isASCII && $0.isHexDigit && !$0.isUppercase }
    }
}
