import Spec

extension FleetIndexBuilder {
    /// Of an instance that is on both ends of the migration its marks tell of, the domain that counts; nil where they say
    /// nothing of the kind, which is a conflict.
    ///
    /// Where only a person can tell, either does, and is left alone.
    mutating func recallTwoPlaces(_ domains: [OwnedDomain]) -> OwnedDomain? {
        guard domains.count == 2, let move = domains[0].mark.move, domains[1].mark.move == move,
            let source = domains.first(where: { $0.node == move.from }),
            let destination = domains.first(where: { $0.node == move.to }),
            source.domain.uuid == destination.domain.uuid
        else { return nil }
        let instance = source.mark.instance
        let ends = MoveEnds(move, source: source.domain, destination: destination.domain)
        switch ends.verdict {
        case .source, .destination:
            let isComplete = ends.verdict == .destination
            index.unfinishedMigrations[instance] = UnfinishedMigration(
                move: move, isComplete: isComplete, otherEnd: .answers, isTwice: true)
            return isComplete ? destination : source
        case .fetching:
            index.unfinishedMigrations[instance] = UnfinishedMigration(
                move: move, isComplete: true, otherEnd: .answers, isTwice: true, isFetching: true)
            return destination
        case .memoryIsLost:
            hold(instance, FleetIndexBuilder.lostMemory(destination.domain.name, on: move.to, from: move.from))
            return destination
        case .underWay:
            hold(
                instance,
                "a migration from \(move.from) to \(move.to) is under way or is being aborted; try again")
            return source
        case .conflict(let reason):
            refuse(instance, ends, because: reason)
            return source
        }
    }

    /// Leaves an instance alone of which only a person can tell where it is.
    private mutating func refuse(_ instance: Name, _ ends: MoveEnds, because reason: String) {
        index.conflicts.insert(instance)
        hold(instance, reason)
        index.findings.refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, instance.text, on: nil),
                reason: "its migration from \(ends.move.from) to \(ends.move.to) did not complete: \(reason)",
                remedy: ends.remedy, position: cluster.instances[instance]?.position))
    }

    /// Looks at every instance whose mark says that it is migrating, and leaves alone those of which too little is known.
    mutating func recallMoves() {
        let moving = owned.inOrder { $0.mark.move != nil }
        for (instance, owned) in moving where unfinishedMigrations[instance] == nil {
            guard let move = owned.mark.move, index.awaitingMigration[instance] == nil else { continue }
            guard owned.node == move.from || owned.node == move.to else { continue }
            let other = move.otherEnd(than: owned.node)
            let isComplete = owned.node == move.to
            let end: UnfinishedMigration.End =
                answered[other] != nil ? .answers : cluster.nodes[other]?.state == .lost ? .lost : .unreachable
            let ends = MoveEnds(
                move, source: isComplete ? nil : owned.domain, destination: isComplete ? owned.domain : nil)
            switch ends.verdict {
            case .memoryIsLost, .fetching:
                hold(
                    instance,
                    end == .unreachable
                        ? "it waits for the rest of its memory from \(other), which does not answer"
                        : FleetIndexBuilder.lostMemory(owned.domain.name, on: owned.node, from: other))
            case .underWay:
                hold(instance, "its migration from \(other) is under way or is being aborted; try again")
            case .conflict(let reason) where end != .unreachable:
                refuse(instance, ends, because: reason)
                continue
            case .source, .destination, .conflict:
                guard end == .unreachable, owned.domain.power != .running else { break }
                hold(
                    instance,
                    "it is being migrated from \(move.from) to \(move.to), and \(other), which does not answer, may run it"
                )
            }
            index.unfinishedMigrations[instance] = UnfinishedMigration(
                move: move, isComplete: isComplete, otherEnd: end, isTwice: false)
        }
    }

    /// That a guest cannot go on, and what to do.
    private static func lostMemory(_ name: String, on node: Name, from other: Name) -> String {
        "the rest of its memory was on \(other), which no longer has it; stop the incomplete copy with "
            + "`virsh destroy \(name)` on \(node), and start it there from its disks with `virsh start \(name)`"
    }

    private mutating func hold(_ instance: Name, _ reason: String) { index.awaitingMigration[instance] = reason }
}
