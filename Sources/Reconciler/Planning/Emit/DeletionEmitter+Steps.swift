import Spec

extension DeletionEmitter {
    /// Removes an instance's domain and the files that go with it.
    mutating func delete(_ deletion: Deletion) {
        let owned = deletion.owned
        let instance = owned.mark.instance
        let (uuid, name) = (owned.domain.uuid, owned.domain.name)
        let object = ObjectReference(.instance, instance.text, on: owned.node)
        let prefix = "\(owned.node)/instance/\(instance)"
        let unmoved = endMove(before: deletion)
        let mark = deletion.marking
        // Ending its migration writes into its mark that it is complete, where nothing says so yet.
        let isMarkedBefore =
            !unmoved.isEmpty && unfinishedMigrations[instance]?.isComplete == true && !owned.mark.hasMigrated
        add(
            PlannedStep(
                id: mark, node: owned.node, object: object, operation: .domain(.markDeleting(uuid: uuid, name: name)),
                expectation: isMarkedBefore ? .none : .unchanged(fingerprint: owned.domain.fingerprint),
                requires: [.roster(.opening, on: owned.node)] + unmoved.map(Requirement.step), record: .isOnRecord))
        graph.noteInterruption(of: instance, by: mark)
        var last = [mark]
        if owned.domain.power != .shutOff {
            let stop = StepID("\(prefix)/stop-for-delete")
            add(
                PlannedStep(
                    id: stop, node: owned.node, object: object,
                    operation: .domain(
                        .stop(
                            uuid: uuid, name: name, timeout: deletion.policy.timeout,
                            force: deletion.policy.force || owned.mark.installation != nil)),
                    requires: [.step(mark)]))
            last = [stop]
        }
        for kept in ChangeTrial.snapshots.sorted() where owned.domain.snapshots.contains(where: { $0.name == kept }) {
            // Data disks that stay would take it along.
            let drop = StepID("\(prefix)/delete-\(kept == ChangeTrial.snapshot ? "" : "role-")snapshot")
            add(
                PlannedStep(
                    id: drop, node: owned.node, object: object,
                    operation: .snapshot(.delete(uuid: uuid, name: name, snapshot: kept)),
                    requires: last.map(Requirement.step)))
            last = [drop]
        }
        deleteVolumes(deletion, object, after: last)
        last += deletion.volumes.map { StepID("\(prefix)/delete-volume/\($0.disk)") }
        add(
            PlannedStep(
                id: deletion.undefinition, node: owned.node, object: object,
                operation: .domain(.undefine(uuid: uuid, name: name)), requires: last.map(Requirement.step),
                record: .leavesOut))
    }

    private mutating func deleteVolumes(_ deletion: Deletion, _ object: ObjectReference, after last: [StepID]) {
        let owned = deletion.owned
        for (disk, path) in deletion.volumes {
            let id = "\(owned.node)/instance/\(owned.mark.instance)/delete-volume/\(disk)"
            // The lowest first: as long as the disk itself is there, it leads to what is below it.
            let layers = owned.domain.disks.first { $0.path == path }?.layers ?? []
            var before = last
            for (number, layer) in layers.enumerated().reversed() {
                let step = StepID("\(id)/below/\(number + 1)")
                add(
                    PlannedStep(
                        id: step, node: owned.node, object: object,
                        operation: .storage(.deleteVolume(path: layer, of: owned.domain.uuid)),
                        requires: before.map(Requirement.step)))
                before = [step]
            }
            add(
                PlannedStep(
                    id: StepID(id), node: owned.node, object: object,
                    operation: .storage(.deleteVolume(path: path, of: owned.domain.uuid)),
                    requires: before.map(Requirement.step)))
        }
    }

    /// Steps that a deletion waits for because half of the instance is on another node.
    private mutating func endMove(before deletion: Deletion) -> [StepID] {
        let owned = deletion.owned
        let instance = owned.mark.instance
        guard let migration = unfinishedMigrations[instance], migration.otherEnd == .answers else { return [] }
        let end = migration.move.otherEnd(than: owned.node)
        let object = ObjectReference(.instance, instance.text, on: end)
        let move = plannedMove(owned, migration.move, isLive: false)
        var earlier: [StepID] = []
        if migration.isFetching {
            let resume = PlannedStep(
                id: StepID("\(end)/instance/\(instance)/move-resume"), node: end, object: object,
                operation: .move(MoveStep(.resume, of: plannedMove(owned, migration.move, isLive: true))),
                requires: [.roster(.opening, on: end)], record: .isOnRecord)
            add(resume)
            earlier = [resume.id]
        }
        let stage = migration.isComplete ? InstanceMove.Stage.leave : .discard
        let step = PlannedStep(
            id: StepID("\(end)/instance/\(instance)/move-\(stage.rawValue)"), node: end, object: object,
            operation: .move(MoveStep(stage, of: move)),
            requires: [.roster(.opening, on: end)] + earlier.map(Requirement.step), record: .isOnRecord)
        add(step)
        if migration.isComplete { release(move, after: step.id) }
        return [step.id]
    }
}
