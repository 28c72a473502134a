import Spec

extension Classifier {
    /// Sorts what is wanted into what is there, what may be made, and what must wait or is refused.
    mutating func sortInstances() {
        guard !isDestroy else {
            noteUnreachableNodes(held: [:])
            return
        }
        var held: [Name: [Name]] = [:]
        let wanted = cluster.instances.values.filter { $0.isManaged && manages($0.part) }
        for instance in Instance.ordered(wanted) where !classification.excluded.contains(instance.name) {
            if refuseAdoption(instance) || refuseSplit(instance) || refuseOtherPart(instance) {
                classification.excluded.insert(instance.name)
            } else if let owned = owned[instance.name], removals[instance.name] == nil {
                classification.existing.append(instance)
                if owned.mark.phase == .creating { classification.halfMade.insert(instance.name) }
            } else if removals[instance.name] != nil {
                classification.missing.append(instance)
            } else {
                sortMissing(instance, held: &held)
            }
        }
        noteUnreachableNodes(held: held)
        if isBlind, !held.isEmpty {
            let names = Set(held.values.flatMap(\.self)).sorted()
            let shown = names.prefix(8).map(\.text).joined(separator: ", ")
            let more = names.count > 8 ? " and \(names.count - 8) more" : ""
            classification.findings.note(
                about: names.map { .instance($0) },
                "no node answered: the state of \(shown)\(more) is unknown, and nothing is planned for them")
        }
    }

    /// Refuses an instance that its mark gives to a part which this run does not change, such as after it went into
    /// another file.
    mutating func refuseOtherPart(_ instance: Instance) -> Bool {
        guard let owned = owned[instance.name], !manages(owned.mark.part) else { return false }
        let (old, new) = (owned.mark.part, instance.part)
        classification.findings.refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, instance.name.text, on: owned.node),
                reason: "it was applied with part \(old), but is now in a file of part \(new)",
                remedy: "apply the files of both parts together once to move it to part \(new); until then, an "
                    + "apply of part \(old) alone would delete it", position: instance.position))
        return true
    }

    private mutating func sortMissing(_ instance: Instance, held: inout [Name: [Name]]) {
        var holders = possibleHolders(of: instance.name)
        if holders.isEmpty, let old = formerName(of: instance), history.instances[old] != nil {
            holders = possibleHolders(of: old)
        }
        if !holders.isEmpty {
            for node in holders { held[node, default: []].append(instance.name) }
            // What is not known at all, or was adopted, is nothing to be made.
            if history.instances[instance.name] == nil, !isBlind, !instance.isAdopted {
                classification.findings.changes.append(
                    .waitingCreation(
                        instance,
                        "\(holders.map(\.text).joined(separator: ", ")) does not answer and may run it: no node that answers "
                            + "has a roster of this cluster. If that node is new, remove it from the spec until it answers; "
                            + "if it is gone for good, set `state: lost`"))
            }
            classification.excluded.insert(instance.name)
        } else if let (node, domain) = lookalike(of: instance.name) {
            let what =
                domain.markProblem.map { "its mark is invalid: \($0)" } ?? "it does not carry this cluster's mark"
            classification.excluded.insert(instance.name)
            classification.findings.refusals.append(
                Plan.Refusal(
                    ObjectReference(.instance, instance.name.text, on: nil),
                    reason: "domain \(domain.name) on \(node) already has its name or UUID, but is left alone: \(what)",
                    remedy: "rename that domain, or the instance", position: instance.position))
        } else {
            classification.missing.append(instance)
        }
    }

    private mutating func noteUnreachableNodes(held: [Name: [Name]]) {
        for node in unreachable.sorted() {
            guard let cause = cause(of: node) else { continue }
            var names = Set(held[node] ?? [])
            for (instance, entry) in history.instances
            where (entry.node == node || entry.alsoOn == node) && owned[instance] == nil {
                names.insert(instance)
            }
            classification.findings.unreachableNodes.append(
                Plan.UnreachableEntry(node: node, cause: cause, held: names.sorted()))
        }
    }
}
