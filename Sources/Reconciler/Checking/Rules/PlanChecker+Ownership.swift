import Spec

extension PlanChecker {
    /// What is changed is this cluster's by its own mark, or is made by an earlier step of this plan.
    static func checkOwnership(_ evidence: Evidence) -> [Violation] {
        evidence.plan.steps.compactMap { step in
            // A move has two ends, and a rule of its own.
            if case .move = step.operation { return nil }
            if let uuid = step.operation.domain {
                return checkDomain(step, Evidence.Place(node: step.node, uuid: uuid), evidence)
            }
            if let uuid = step.operation.network {
                return checkNetwork(step, Evidence.Place(node: step.node, uuid: uuid), evidence)
            }
            if case .roster(.write(let roster)) = step.operation, roster.cluster != evidence.identity {
                return Violation(.ownership, step.id, "the roster is of cluster \(roster.cluster.name)")
            }
            return nil
        }
    }

    private static func checkDomain(_ step: Step, _ place: Evidence.Place, _ evidence: Evidence) -> Violation? {
        if case .domain(.define(let definition)) = step.operation {
            let mark = definition.mark
            guard mark.cluster == evidence.identity, mark.uuid == definition.uuid else {
                return Violation(
                    .ownership, step.id, "the new domain's mark is not this cluster's mark for this domain")
            }
            // Over what is there already only if that is ours; a clash of names is another rule's.
            guard evidence.domains[place] != nil, evidence.owned(place) == nil else { return nil }
            return Violation(.ownership, step.id, "domain \(place.uuid) does not belong to this cluster")
        }
        if case .domain(.adopt(_, _, let mark)) = step.operation { return checkAdoption(step, mark, place, evidence) }
        if let path = step.operation.deletedFile,
            isKeptDisk(path, on: step.node, evidence)
                || evidence.domains[place] == nil
                    && evidence.graph.numbers[step.id].map({ evidence.isRecordedKept(path, before: $0) }) ?? false
        {
            // A roster may say anything; what it calls a kept disk has at least the name of one.
            let file = path.split(separator: "/").last ?? ""
            let isDisk = file.hasSuffix(".qcow2") && !file.hasSuffix(".root.qcow2")
            let isNamed = file.hasPrefix("\(evidence.identity.name).") && isDisk
            // So has the last of what lies below one on top of which somebody put another.
            return isNamed || evidence.keptChain(of: path, on: step.node).count > 1
                ? nil : Violation(.ownership, step.id, "\(path) is not a volume of this cluster")
        }
        guard let domain = evidence.owned(place) else {
            if evidence.domains[place] == nil, evidence.isMovedTo(place) { return nil }
            guard evidence.domains[place] == nil, evidence.definitions[place] != nil else {
                return Violation(.ownership, step.id, "domain \(place.uuid) carries no valid mark of this cluster")
            }
            return checkReach(step, evidence.definitions[place].map(paths) ?? [])
        }
        let added = evidence.edits(of: place).flatMap { evidence.plan.steps[$0].operation.addedDisks.map(\.path) }
        return checkReach(
            step, domain.reachedPaths + (evidence.definitions[place].map(paths) ?? []) + added)
    }

    private static func checkReach(_ step: Step, _ paths: [String]) -> Violation? {
        guard let path = step.operation.deletedFile ?? step.operation.madeFile, !paths.contains(path) else {
            return nil
        }
        return Violation(.ownership, step.id, "the mark of its domain does not refer to \(path)")
    }

    private static func checkNetwork(_ step: Step, _ place: Evidence.Place, _ evidence: Evidence) -> Violation? {
        if case .network(.define(let definition)) = step.operation, definition.mark.cluster != evidence.identity {
            return Violation(.ownership, step.id, "the new network's mark is not this cluster's")
        }
        if evidence.ownedNetwork(place) != nil { return nil }
        if evidence.networks[place] == nil, evidence.networkDefinitions[place] != nil { return nil }
        return Violation(.ownership, step.id, "network \(place.uuid) carries no valid mark of this cluster")
    }

    /// What the roster says was kept when an instance went.
    static func isKeptDisk(_ path: String, on node: Name, _ evidence: Evidence) -> Bool {
        evidence.isKeptDisk(path, on: node)
    }

    /// Every file that a definition names.
    static func paths(_ definition: DomainDefinition) -> [String] {
        definition.disks.map(\.path) + [definition.seedPath]
    }
}
