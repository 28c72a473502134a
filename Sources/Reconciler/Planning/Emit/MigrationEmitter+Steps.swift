import Spec

extension MigrationEmitter {
    /// Ends moves that earlier runs began, and makes the moves of this plan, each after all else that is done to the
    /// instance.
    mutating func planMoves() {
        for instance in existing where awaitingMigration[instance.name] == nil {
            guard let owned = owned[instance.name], isMigrating(instance.name), owned.mark.phase == .active else {
                continue
            }
            var migrationSteps = MigrationSteps(graph, instance: instance.name, owned)
            if let migration = unfinishedMigrations[instance.name] {
                finish(migration, instance, owned, &migrationSteps)
            }
            if let move = moves[instance.name] { make(move, instance, owned, &migrationSteps) }
        }
    }

    /// Ends what a killed run left: at the destination if it is complete there, else by going on or by aborting it.
    private mutating func finish(
        _ migration: UnfinishedMigration, _ instance: Instance, _ owned: OwnedDomain,
        _ migrationSteps: inout MigrationSteps
    ) {
        let end = migration.move.otherEnd(than: owned.node)
        let object = ObjectReference(.instance, instance.name.text, on: owned.node)
        let move = plannedMove(owned, migration.move, isLive: false)
        guard migration.otherEnd != .unreachable else {
            graph.findings.changes.append(
                Change(
                    .migrate, object,
                    reason: "its migration from \(migration.move.from) to \(migration.move.to) is unfinished",
                    blocked: "\(end) does not answer", position: instance.position))
            return
        }
        if migration.isComplete {
            if migration.isFetching {
                add(migrationSteps.next(.resume, plannedMove(owned, migration.move, isLive: true)))
            }
            if migration.otherEnd == .answers { add(migrationSteps.next(.leave, move)) }
            if migration.isTwice { release(move, after: migrationSteps.lastID) }
            add(migrationSteps.next(.finish, move))
            if migration.isTwice, moves[instance.name] == nil, owned.domain.power != .running,
                wantedPower(of: instance) == .on
            {
                startThere(move, instance, owned, &migrationSteps)
            }
            graph.findings.changes.append(
                Change(
                    .migrate, object, reason: "its migration from \(end) was not completed",
                    details: (migration.isFetching ? ["it first fetches the rest of its memory from \(end)"] : [])
                        + (migration.otherEnd == .answers ? ["the files left on \(end) are deleted"] : []),
                    position: instance.position))
        } else if owned.domain.wasLeftPausedByMigration, !goesOn(instance.name, owned) {
            // The mark is what allows it to go on later.
            graph.findings.changes.append(
                Change(
                    .migrate, object,
                    reason: "its migration from \(migration.move.from) to \(migration.move.to) is unfinished",
                    blocked: "it is still paused by it", position: instance.position))
        } else if moves[instance.name]?.mark != migration.move {
            if migration.otherEnd == .answers { add(migrationSteps.next(.discard, move)) }
            add(migrationSteps.next(.forget, move))
            if !moves.keys.contains(instance.name), owned.domain.autostart != instance.autostart {
                restoreAutostart(instance, owned, &migrationSteps)
            }
            graph.findings.changes.append(
                Change(
                    .migrate, object, reason: "its migration to \(end) is no longer needed",
                    details: ["the files created on \(end) are deleted"], position: instance.position))
        }
    }

    /// Whether this plan has it go on, or ends it.
    private func goesOn(_ instance: Name, _ owned: OwnedDomain) -> Bool {
        let prefix = "\(owned.node)/instance/\(instance)"
        return graph.steps.contains { $0.id == StepID("\(prefix)/resume") || $0.id == StepID("\(prefix)/stop") }
    }

    private mutating func restoreAutostart(
        _ instance: Instance, _ owned: OwnedDomain, _ migrationSteps: inout MigrationSteps
    ) {
        var step = migrationSteps.last(
            StepID("\(owned.node)/instance/\(instance.name)/autostart-again"),
            .domain(.setAutostart(uuid: owned.domain.uuid, name: owned.domain.name, autostart: instance.autostart)))
        step.expectation = .none
        add(step)
    }

    private mutating func make(
        _ move: InstanceMove, _ instance: Instance, _ owned: OwnedDomain, _ migrationSteps: inout MigrationSteps
    ) {
        let migration = unfinishedMigrations[instance.name]
        let isTwice = migration?.isTwice == true && migration?.isComplete == false && migration?.move == move.mark
        var begin = migrationSteps.next(.begin, move)
        begin.requires += [.roster(.opening, on: move.from), .roster(.opening, on: move.to)]
        begin.after.append(.everyRoster(.opening))
        // What can fail before it migrates does so first: from here on its node's next boot does not start it.
        begin.requires += placesFor(move, instance, owned)
        add(begin)
        // A definition that the destination has and does not run is in the way.
        if isTwice { add(migrationSteps.next(.discard, move)) }
        var prepare = migrationSteps.next(.prepare, move)
        prepare.requires += placesFor(move, instance, owned)
        add(prepare)
        var migrate = migrationSteps.next(move.isLive ? .migrate : .relocate, move)
        migrate.requires += instance.nics.map { .network(Location(node: move.to, what: $0.network.text)) }
        migrate.after += earlierMigrations(move).map(Requirement.step)
        for node in [move.from, move.to] { migrationsByNode[node, default: []].append(migrate.id) }
        add(migrate)
        add(migrationSteps.next(.leave, move))
        release(move, after: migrationSteps.lastID)
        add(migrationSteps.next(.finish, move))
        if !move.isLive, let name = pendingName(owned, owned.mark), renamingObstacle(owned.domain) == nil,
            nameHolder(name, on: move.to) == nil
        {
            let update = DomainUpdate(uuid: move.uuid, name: move.name, action: .rename(to: name))
            add(
                migrationSteps.last(
                    StepID("\(move.to)/instance/\(instance.name)/rename"), .update(update), on: move.to))
        }
        if !move.isLive, instance.power == .on { startThere(move, instance, owned, &migrationSteps) }
        if move.isLive, instance.power != .off, !owned.mark.wasReady {
            add(readyStep(instance, on: move.to, uuid: move.uuid, name: move.name, after: migrationSteps.lastID))
        }
        graph.findings.changes.append(
            Change(
                .migrate, ObjectReference(.instance, instance.name.text, on: move.from),
                reason: moveReasons[instance.name] ?? "", fields: [nodeField(instance, owned, to: move.to)],
                details: describe(move), position: instance.positions["node"] ?? instance.position))
    }

    /// On each node every move waits for the one that has as many before it as may be under way at once: so many queues.
    private func earlierMigrations(_ move: InstanceMove) -> [StepID] {
        let steps = [move.from, move.to].compactMap { node -> StepID? in
            let earlier = migrationsByNode[node] ?? []
            return earlier.count < cluster.migration.perNode ? nil : earlier[earlier.count - cluster.migration.perNode]
        }
        return steps.uniqued()
    }

    private func describe(_ move: InstanceMove) -> [String] {
        let way =
            switch move.transport {
            case .direct: "from node to node, not encrypted"
            case .ssh: "encrypted, over ssh through this machine"
            }
        let limit = move.isLive ? move.policy.bandwidth.map { ", at most \($0)/s" } ?? "" : ""
        let how = move.isLive ? "live, \(way)\(limit)" : "offline: its files are copied through this machine"
        let disks = move.disks.map { "\($0.name) (\($0.capacity))" }.joined(separator: ", ")
        let help = move.isLive && move.policy.postCopy ? ["post-copy if auto-converge is not enough"] : []
        let detour = (move.isLive ? detour(of: move) : nil).map { [$0] } ?? []
        let stays = move.stayingPaths.joined(separator: ", ")
        let files =
            disks.isEmpty
            ? ["its disks stay on shared storage"]
            : ["copied: \(disks)"] + (stays.isEmpty ? [] : ["stays on shared storage: \(stays)"])
        let folders =
            disks.isEmpty ? [] : move.folders.map { "from \($0.from) on \(move.from) to \($0.to) on \(move.to)" }
        return [how] + detour + help + files + folders
    }

    /// What must be on the destination before anything of the instance is: pools and base images.
    private func placesFor(_ move: InstanceMove, _ instance: Instance, _ owned: OwnedDomain) -> [Requirement] {
        let pools = disks(of: instance).compactMap { entry in
            pool(entry.pool, on: move.to).map { Requirement.pool(Location(node: move.to, what: $0.path)) }
        }
        let images = backingPaths(of: owned, on: move.mark).map {
            Requirement.image(Location(node: move.to, what: $0))
        }
        return pools + images
    }

    private mutating func startThere(
        _ move: InstanceMove, _ instance: Instance, _ owned: OwnedDomain, _ migrationSteps: inout MigrationSteps
    ) {
        let object = ObjectReference(.instance, instance.name.text, on: move.to)
        let start = StepID("\(move.to)/instance/\(instance.name)/start")
        add(
            PlannedStep(
                id: start, node: move.to, object: object,
                operation: .domain(.start(uuid: move.uuid, name: move.name)),
                requires: [migrationSteps.lastID].compactMap(\.self).map(Requirement.step),
                after: bootsBefore(instance.name, on: move.to)))
        add(readyStep(instance, on: move.to, uuid: move.uuid, name: move.name, after: start))
        if let update = updates[instance.name]?.update, update.isEmpty, forgetsSettings(instance, owned) {
            let work = UpdateWork(instance: instance, owned: owned, update: update)
            let record = DomainUpdate(uuid: move.uuid, name: move.name, action: .record(recorded(work)))
            add(
                PlannedStep(
                    id: StepID("\(move.to)/instance/\(instance.name)/record"), node: move.to, object: object,
                    operation: .update(record), requires: [.step(start)]))
        }
        graph.findings.changes.append(
            Change(
                .start, object, reason: "the spec says power: on, but it is not running", position: instance.position))
    }
}
