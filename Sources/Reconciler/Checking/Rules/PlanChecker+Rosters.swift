import Spec

extension PlanChecker {
    /// No written roster forgets what may still be there, and what is new is on record before it is made.
    static func checkRosters(_ evidence: Evidence) -> [Violation] {
        var found: [Violation] = []
        var checked: [Int] = []
        var waves = RosterWaves(evidence)
        for (index, step) in evidence.steps(where: { $0.isDefinition || $0.isRosterChange }) {
            if case .domain(.define(let definition)) = step.operation {
                found += checkRecord(definition, index, step, &waves, evidence)
                continue
            }
            // The same goes to every node: a step that waits for the first, or for what the first waited for, forgets
            // nothing that the first does not.
            let isCopy = checked.contains { other in
                let first = evidence.plan.steps[other]
                return first.operation == step.operation
                    && (first.requires == step.requires || step.requires.contains(first.id))
            }
            if isCopy { continue }
            checked.append(index)
            switch step.operation {
            case .roster(.write(let roster)): found += checkWrite(roster, index, step, evidence)
            default: found += checkRemoval(index, step, evidence)
            }
        }
        return found
    }

    private static func checkWrite(_ new: Roster, _ index: Int, _ step: Step, _ evidence: Evidence) -> [Violation] {
        let ancestors = evidence.graph.ancestors(of: index, along: .requires)
        let gone = gone(before: ancestors, evidence)
        var found: [Violation] = []
        if let newest = evidence.roster, new.generation <= newest.age {
            found.append(Violation(.roster, step.id, "generation \(new.generation) is not above \(newest.age)"))
        }
        for (instance, entry) in evidence.roster?.instances.inOrder() ?? [] {
            // Where a move has ended, the mark at its end says so; anywhere else it has to be seen running.
            let isMoved = (evidence.seen[instance] ?? []).contains { place in
                guard let domain = evidence.domains[place], domain.mark?.move == nil else { return false }
                let isEnd =
                    entry.alsoOn != nil && entry.doubt == nil && [entry.node, entry.alsoOn].contains(place.node)
                return isEnd || domain.power == .running
            }
            if entry.doubt == .split, let kept = new.instances[instance], kept.doubt != .split,
                evidence.seen[instance] == nil,
                evidence.nodes[entry.node].map({ entry.hasDisk(on: $0) }) ?? evidence.isUnreachable(entry.node)
            {
                found.append(Violation(.roster, step.id, "it forgets that disks of \(instance) may be incomplete"))
            }
            let told = [new.instances[instance]?.node, new.instances[instance]?.alsoOn]
            for holder in [entry.node, entry.alsoOn].compactMap(\.self) where !told.contains(holder) {
                guard evidence.isUnreachable(holder), !isMoved else { continue }
                found.append(Violation(.roster, step.id, "it forgets instance \(instance) on unreachable \(holder)"))
            }
        }
        for (instance, holders) in evidence.witnesses.inOrder()
        where new.instances[instance] == nil && evidence.seen[instance] == nil {
            let list = holders.sorted().map(\.text).joined(separator: ", ")
            found.append(Violation(.roster, step.id, "it forgets instance \(instance), which \(list) may have"))
        }
        let missing = evidence.seen.filter { new.instances[$0.key] == nil }
        // Under another name it is remembered as well.
        let known =
            missing.isEmpty ? [] : Set(new.instances.values.map { Evidence.Place(node: $0.node, uuid: $0.uuid) })
        for (instance, places) in missing.inOrder() {
            guard places.contains(where: { !gone.contains($0) && !known.contains($0) }) else { continue }
            found.append(Violation(.roster, step.id, "it forgets instance \(instance), which may still exist"))
        }
        let kept = Set(new.keptDisks.map { File(node: $0.node, path: $0.path) })
        let dropped = (evidence.roster?.keptDisks ?? []).filter { !kept.contains(File(node: $0.node, path: $0.path)) }
        let byNode = dropped.isEmpty ? [:] : Dictionary(grouping: ancestors) { evidence.plan.steps[$0].node }
        for disk in dropped where !isUnkept(disk, byNode, evidence) {
            found.append(Violation(.roster, step.id, "it forgets the kept disk \(disk.path) on \(disk.node)"))
        }
        return found
    }

    /// Whether the roster may drop a disk: it is gone, or a domain has it.
    ///
    /// - Parameter ancestors: the steps that the roster's write waits for, by node.
    private static func isUnkept(_ disk: Roster.KeptDisk, _ ancestors: [Name: [Int]], _ evidence: Evidence) -> Bool {
        if evidence.cluster.nodes[disk.node]?.state == .lost { return true }
        guard let node = evidence.nodes[disk.node] else { return false }
        if node.volumes[disk.path] == nil { return true }
        if node.domains.contains(where: { domain in domain.disks.contains { $0.path == disk.path } }) { return true }
        return (ancestors[disk.node] ?? []).contains { other in
            let operation = evidence.plan.steps[other].operation
            if case .domain(.define(let definition)) = operation { return paths(definition).contains(disk.path) }
            if operation.addedDisks.contains(where: { $0.path == disk.path }) { return true }
            return operation.deletes(disk.path)
        }
    }

    /// A file of a node.
    private struct File: Hashable {
        var node: Name
        var path: String
    }

    /// The domains that are undefined by steps which a step waits for.
    private static func gone(before ancestors: Set<Int>, _ evidence: Evidence) -> Set<Evidence.Place> {
        var gone: Set<Evidence.Place> = []
        for index in ancestors {
            let step = evidence.plan.steps[index]
            switch step.operation {
            case .domain(.undefine(let uuid, _)): gone.insert(.init(node: step.node, uuid: uuid))
            // What is left on one end of a migration, once the other has it all.
            case .move(let part) where part.stage == .leave || part.stage == .discard:
                gone.insert(.init(node: step.node, uuid: part.move.uuid))
            default: break
            }
        }
        return gone
    }

    private static func checkRemoval(_ index: Int, _ step: Step, _ evidence: Evidence) -> [Violation] {
        let ancestors = evidence.graph.ancestors(of: index, along: .requires)
        let gone = gone(before: ancestors, evidence)
        var found: [Violation] = []
        for (instance, places) in evidence.seen.inOrder() {
            guard places.contains(where: { !gone.contains($0) }) else { continue }
            found.append(Violation(.roster, step.id, "instance \(instance) may still exist"))
        }
        for (instance, entry) in evidence.roster?.instances.inOrder() ?? [] {
            // Either end of a migration may have it.
            for holder in [entry.node, entry.alsoOn].compactMap(\.self) where evidence.isUnreachable(holder) {
                found.append(Violation(.roster, step.id, "unreachable \(holder) may have instance \(instance)"))
            }
        }
        let byNode = Dictionary(grouping: ancestors) { evidence.plan.steps[$0].node }
        for disk in evidence.roster?.keptDisks ?? [] where !isUnkept(disk, byNode, evidence) {
            found.append(Violation(.roster, step.id, "the kept disk \(disk.path) is on \(disk.node)"))
        }
        return found
    }

    private static func checkRecord(
        _ definition: DomainDefinition, _ index: Int, _ step: Step, _ waves: inout RosterWaves, _ evidence: Evidence
    ) -> [Violation] {
        let place = Evidence.Place(node: step.node, uuid: definition.uuid)
        if evidence.owned(place) != nil { return [] }
        let instance = definition.mark.instance
        func records(_ roster: Roster) -> Bool {
            guard let entry = roster.instances[instance] else { return false }
            return entry.node == step.node && entry.uuid == definition.uuid
                && Set(definition.nics.map(\.mac)).isSubset(of: entry.macs)
                && Set(definition.mark.nics.values.compactMap(\.address)).isSubset(of: entry.addresses)
        }
        if let roster = evidence.roster, records(roster) { return [] }
        var generation: Int?
        let isRecorded = evidence.requires(index) { other in
            guard case .roster(.write(let roster)) = evidence.plan.steps[other].operation, records(roster) else {
                return false
            }
            generation = roster.generation
            return true
        }
        guard isRecorded, let generation else {
            return [Violation(.roster, step.id, "no roster would record instance \(instance)")]
        }
        return waves.writes(of: generation, notBefore: index, evidence).map {
            Violation(.roster, step.id, "it does not run after \(evidence.plan.steps[$0].id)")
        }
    }
}
