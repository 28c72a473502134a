import Spec

extension PlanChecker {
    /// Killed between any two steps, everything is still reachable from a mark, and nothing half made is started.
    static func checkCrashOrder(_ evidence: Evidence) -> [Violation] {
        evidence.domainSteps.sorted { ($0.key.node, $0.key.uuid) < ($1.key.node, $1.key.uuid) }.flatMap {
            checkCreation($0.key, $0.value, evidence) + checkDeletion($0.key, $0.value, evidence)
        }
    }

    private static func checkCreation(_ place: Evidence.Place, _ own: [Int], _ evidence: Evidence) -> [Violation] {
        let steps = evidence.plan.steps
        let definition = own.first { steps[$0].operation.isDefinition }
        let files = own.filter { steps[$0].operation.madeFile != nil }
        var found: [Violation] = []
        if let definition {
            for index in own where index != definition && needsDefinition(steps[index].operation) {
                if !evidence.requires(index, { $0 == definition }) {
                    found.append(Violation(.crashOrder, steps[index].id, "its domain may not be defined yet"))
                }
            }
        }
        for index in own {
            guard needsFiles(steps[index].operation), !isResumption(index, place, own, evidence) else { continue }
            for file in files where !evidence.requires(index, { $0 == file }) {
                found.append(Violation(.crashOrder, steps[index].id, "it does not wait for \(steps[file].id)"))
            }
        }
        return found
    }

    private static func needsDefinition(_ operation: Operation) -> Bool {
        switch operation {
        case .storage(.createVolume), .storage(.writeSeed), .domain(.finishCreation), .domain(.install),
            .domain(.start), .domain(.awaitReady):
            true
        default: false
        }
    }

    /// Whether a start finds the guest paused, and so has it go on with what it has.
    static func isResumption(
        _ index: Int, _ place: Evidence.Place, _ own: [Int], _ evidence: Evidence
    ) -> Bool {
        let steps = evidence.plan.steps
        guard steps[index].operation.isStart, evidence.domains[place]?.power == .paused else { return false }
        return !own.contains { stop in steps[stop].operation.isStop && evidence.requires(index) { $0 == stop } }
    }

    private static func needsFiles(_ operation: Operation) -> Bool {
        switch operation {
        case .domain(.finishCreation), .domain(.install), .domain(.start): true
        default: false
        }
    }

    /// A root disk is made anew only after the mark says so and the guest is stopped; nothing else goes with it.
    private static func checkReplacement(_ domain: ObservedDomain, _ own: [Int], _ evidence: Evidence) -> [Violation] {
        let steps = evidence.plan.steps
        let isRunning = domain.power != .shutOff && domain.power != .crashed
        var found: [Violation] = []
        for index in own {
            guard let path = steps[index].operation.deletedFile else { continue }
            let paths = domain.mark?.diskPaths["root"]
            if !domain.disks.contains(where: { $0.path == path && $0.name == "root" }), paths?.to != path,
                paths?.from != path
            {
                found.append(Violation(.crashOrder, steps[index].id, "\(path) is deleted, but its domain is kept"))
            }
            let isMarked = evidence.requires(index) { other in
                own.contains(other) && steps[other].operation.edit?.mark.phase == .replacing
            }
            if !isMarked {
                found.append(Violation(.crashOrder, steps[index].id, "its domain may not be marked as being replaced"))
            }
            if isRunning, !evidence.requires(index, { own.contains($0) && steps[$0].operation.isStop }) {
                found.append(Violation(.crashOrder, steps[index].id, "its domain may be running"))
            }
            for other in own {
                guard case .storage(.createVolume(let volume)) = steps[other].operation, volume.path == path else {
                    continue
                }
                if !evidence.requires(other, { $0 == index }) {
                    found.append(Violation(.crashOrder, steps[other].id, "the old disk may still be there"))
                }
            }
        }
        return found
    }

    private static func checkDeletion(_ place: Evidence.Place, _ own: [Int], _ evidence: Evidence) -> [Violation] {
        let steps = evidence.plan.steps
        guard let domain = evidence.owned(place) else { return [] }
        guard own.contains(where: { steps[$0].operation.isUndefinition || steps[$0].operation.deletedFile != nil })
        else { return [] }
        if !own.contains(where: { steps[$0].operation.isUndefinition }) {
            return checkReplacement(domain, own, evidence)
        }
        let mark = own.first { steps[$0].operation.isMarkDeleting }
        let stop = own.first { steps[$0].operation.isStop }
        let undefinition = own.first { steps[$0].operation.isUndefinition }
        let isRunning = domain.power != .shutOff && domain.power != .crashed
        var found: [Violation] = []
        for index in own {
            let operation = steps[index].operation
            let isDeletion = operation.isUndefinition || operation.deletedFile != nil
            guard isDeletion || operation.isStop else { continue }
            if domain.mark?.phase != .deleting, mark.map({ mark in !evidence.requires(index) { $0 == mark } }) ?? true {
                found.append(Violation(.crashOrder, steps[index].id, "its domain may not be marked as deleting"))
            }
            if isDeletion, isRunning, stop.map({ stop in !evidence.requires(index) { $0 == stop } }) ?? true {
                found.append(Violation(.crashOrder, steps[index].id, "its domain may be running"))
            }
        }
        guard let undefinition else { return found }
        for index in own where steps[index].operation.deletedFile != nil {
            if !evidence.requires(undefinition, { $0 == index }) {
                found.append(Violation(.crashOrder, steps[undefinition].id, "it does not wait for \(steps[index].id)"))
            }
        }
        return found + checkNothingIsLeft(domain, undefinition, evidence)
    }

    /// Whether a file belongs to more than this domain, as a seed does that a clone of it was left with.
    private static func isUsedElsewhere(
        _ path: String, on node: Name, besides domain: ObservedDomain, _ evidence: Evidence
    ) -> Bool {
        evidence.sharing.places(of: path, on: node).contains { place in
            guard let observed = evidence.nodes[place.node] else { return false }
            return observed.users(of: place.what).contains { $0.uuid != domain.uuid }
                || !observed.overlays(of: place.what).isEmpty
        }
    }

    /// What an undefined domain leaves behind is a data disk on record, or somebody else's too.
    private static func checkNothingIsLeft(
        _ domain: ObservedDomain, _ undefinition: Int, _ evidence: Evidence
    ) -> [Violation] {
        let step = evidence.plan.steps[undefinition]
        // The disks of an adopted domain were there before kvmctl and outlive it.
        if domain.mark?.isAdopted == true { return [] }
        let spare = domain.reachedPaths.filter { path in
            evidence.nodes[step.node]?.volumes[path] != nil && !domain.disks.contains { $0.path == path }
                && !isUsedElsewhere(path, on: step.node, besides: domain, evidence)
                && !evidence.requires(undefinition) { evidence.plan.steps[$0].operation.deletedFile == path }
        }
        return spare.map { Violation(.crashOrder, step.id, "no mark would refer to \($0) any more") }
            + domain.disks.flatMap { disk in
                // What is below a disk that stays is reached from it.
                disk.layers.filter { layer in
                    evidence.nodes[step.node]?.volumes[layer] != nil
                        && evidence.requires(undefinition) {
                            evidence.plan.steps[$0].operation.deletedFile == disk.path
                        }
                        && !evidence.requires(undefinition) { evidence.plan.steps[$0].operation.deletedFile == layer }
                }.map { Violation(.crashOrder, step.id, "no mark would refer to \($0) any more") }
            }
            + domain.disks.compactMap { disk in
                // A disk that somebody added is theirs, and stays where it is.
                guard disk.name != nil, evidence.nodes[step.node]?.volumes[disk.path] != nil else { return nil }
                let isDeletedOrKept = evidence.requires(undefinition) { index in
                    switch evidence.plan.steps[index].operation {
                    case .storage(.deleteVolume(let path, _)): path == disk.path
                    case .roster(.write(let roster)):
                        disk.isData && roster.keptDisks.contains { $0.path == disk.path && $0.node == step.node }
                    default: false
                    }
                }
                if isDeletedOrKept { return nil }
                if disk.isData, isKeptDisk(disk.path, on: step.node, evidence) { return nil }
                if isUsedElsewhere(disk.path, on: step.node, besides: domain, evidence) { return nil }
                return Violation(.crashOrder, step.id, "no mark would refer to \(disk.path) any more")
            }
    }
}

extension ObservedDomain.Disk {
    /// Whether it holds what people put there, unlike the root disk and the seed.
    var isData: Bool { name != "root" && name != "seed" }
}
