import Reconciler
import Spec

extension FakeFleet.State {
    /// Carries out a stage of a move as two nodes would, or as the fault has it.
    ///
    /// What a fault in the middle leaves of a live migration is what libvirt leaves: the source paused beside a domain
    /// that is defined on the destination and runs there, or the source running as before.
    mutating func perform(
        _ stage: InstanceMove.Stage, of move: InstanceMove, _ step: Step, _ cluster: ClusterIdentity
    ) throws(StepError) -> StepResult {
        guard answers(step.node) else { throw StepError("node \(step.node) does not answer", isNodeLost: true) }
        let fault = performed == self.fault?.step ? self.fault?.kind : nil
        performed += 1
        log.append(step.id)
        if fault != nil { struck = step }
        if fault == .nodeLost { lost.insert(step.node) }
        if let fault, fault.kills, !fault.hasEffect { isKilled = true }
        if fault == .killedLast || fault == .failedLast, stage == .migrate, answers(move.to) { failLast(move) }
        if fault == .killedAtHandover, stage == .migrate { pauseSource(of: move) }
        if let fault, !fault.hasEffect { throw StepError("fault before", isNodeLost: fault == .nodeLost) }
        let result = try perform(stage, of: move, step, cluster, isMidway: fault?.isMidway ?? false)
        guard let fault else { return result }
        if fault == .nodeLostAfterEffect { lost.insert(step.node) }
        if fault == .killedAfterEffect || fault == .killedMidway { isKilled = true }
        throw StepError("fault after", isNodeLost: fault == .nodeLostAfterEffect)
    }

    private func answers(_ node: Name) -> Bool {
        guard let node = nodes[node] else { return false }
        return !node.isUnknown && !lost.contains(node.name)
    }

    private mutating func perform(
        _ stage: InstanceMove.Stage, of move: InstanceMove, _ step: Step, _ cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        if stage != .begin, stage != .finish, stage != .forget {
            let other = move.mark.otherEnd(than: step.node)
            guard answers(other) else { throw StepError("\(other) does not answer") }
        }
        if let reason = nodes[step.node]?.surprise(step) { return .skipped(reason) }
        switch stage {
        case .begin:
            return try change(move.from, move, cluster) {
                if !isMidway { $0.autostart = false }
                $0.mark?.move = move.mark
            }
        case .forget: return try change(move.from, move, cluster) { $0.mark?.move = nil }
        case .finish:
            return try change(move.to, move, cluster) {
                $0.autostart = move.autostart
                guard !isMidway else { return }
                $0.mark?.move = nil
                $0.mark?.hasMigrated = false
                $0.mark?.applied["node"] = move.pin?.text
                $0.mark?.evacuatedFrom = move.evacuatedFrom
            }
        case .prepare: return prepare(move, isMidway: isMidway)
        case .migrate: return try migrate(move, isMidway: isMidway)
        case .resume: return resume(move, isMidway: isMidway)
        case .relocate: return relocate(move, isMidway: isMidway)
        case .leave: return leave(move, isMidway: isMidway)
        case .discard: return discard(move, isMidway: isMidway)
        }
    }

    private mutating func change(
        _ node: Name, _ move: InstanceMove, _ cluster: ClusterIdentity, _ body: (inout ObservedDomain) -> Void
    ) throws(StepError) -> StepResult {
        guard let there = nodes[node]?.domains[move.uuid] else { return .skipped("it is not there any more") }
        guard there.mark?.cluster == cluster else { return .skipped("it is somebody else's") }
        guard var changed = nodes[node] else { return .unchanged }
        defer { nodes[node] = changed }
        return try changed.changeDomain(move.uuid, of: cluster, body)
    }

    private func isMoving(_ move: InstanceMove) -> Bool {
        nodes[move.from]?.domains[move.uuid]?.mark?.move == move.mark
    }

    private mutating func prepare(_ move: InstanceMove, isMidway: Bool) -> StepResult {
        guard isMoving(move) else { return .skipped("it is not moving") }
        guard nodes[move.to]?.domains[move.uuid] == nil else { return .skipped("it is there already") }
        for path in move.destinationPaths {
            let users = nodes[move.to]?.domains.values.filter { $0.disks.contains { $0.path == path } } ?? []
            if !users.isEmpty { nodes[move.to]?.complain("\(path) would be written over") }
        }
        guard move.isLive else {
            copy(move.seedPath, move)
            return .done
        }
        for disk in move.disks {
            let path = move.mark.destinationPath(disk.path)
            let backing = disk.backingPath.map(move.mark.destinationPath)
            if let backing, nodes[move.to]?.files[backing] == nil {
                nodes[move.to]?.complain("\(path) is made before \(backing)")
            }
            // Empty until the migration fills it.
            nodes[move.to]?.files[path] = ObservedVolume(path: path, capacity: disk.capacity, backingPath: backing)
            nodes[move.to]?.halves.insert(path)
            if isMidway { return .done }
        }
        copy(move.seedPath, move)
        return .done
    }

    private mutating func copy(_ path: String?, _ move: InstanceMove) {
        guard let path, var file = nodes[move.from]?.files[path] else { return }
        file.path = move.mark.destinationPath(path)
        file.backingPath = file.backingPath.map(move.mark.destinationPath)
        nodes[move.to]?.files[file.path] = file
        nodes[move.to]?.halves.remove(file.path)
    }

    /// What libvirt leaves of a migration whose guest does not get to run at its destination.
    private mutating func failLast(_ move: InstanceMove) {
        guard isMoving(move), var domain = nodes[move.from]?.domains[move.uuid], domain.power == .running,
            nodes[move.to]?.domains[move.uuid] == nil
        else { return }
        finishMigration(&domain, move)
        domain.autostart = false
        domain.power = .shutOff
        domain.running = nil
        nodes[move.to]?.domains[move.uuid] = domain
    }

    /// What libvirt leaves of a migration whose client is gone when only its last word is missing.
    private mutating func pauseSource(of move: InstanceMove) {
        guard isMoving(move), nodes[move.from]?.domains[move.uuid]?.power == .running else { return }
        nodes[move.from]?.domains[move.uuid]?.power = .paused
        nodes[move.from]?.domains[move.uuid]?.pause = .migration
    }

    /// Sees that nobody resumes what a migration paused while another node has it too.
    mutating func checkResumption(_ step: Step) {
        guard case .domain(.start(let uuid, let name)) = step.operation,
            nodes[step.node]?.domains[uuid]?.pause == .migration,
            nodes.values.contains(where: { $0.name != step.node && $0.domains[uuid] != nil })
        else { return }
        nodes[step.node]?.complain("\(name) is resumed while another node has it")
    }

    private mutating func migrate(_ move: InstanceMove, isMidway: Bool) throws(StepError) -> StepResult {
        guard isMoving(move), var domain = nodes[move.from]?.domains[move.uuid], domain.power == .running else {
            return .skipped("it does not run any more")
        }
        guard nodes[move.to]?.domains[move.uuid] == nil else { return .skipped("it is there already") }
        finishMigration(&domain, move)
        for path in domain.disks.map(\.path) where nodes[move.to]?.files[path] == nil {
            throw StepError("Cannot access storage file '\(path)'")
        }
        try checkNetworks(of: domain, on: move.to)
        domain.autostart = false
        nodes[move.to]?.halves.subtract(move.destinationPaths)
        nodes[move.to]?.domains[move.uuid] = domain
        if isMidway {
            // The client died after the destination began to run it and before the source was told.
            nodes[move.from]?.domains[move.uuid]?.power = .paused
            nodes[move.from]?.domains[move.uuid]?.pause = .migration
            if move.policy.postCopy {
                nodes[move.from]?.domains[move.uuid]?.postCopy = .broken
                nodes[move.to]?.domains[move.uuid]?.postCopy = .broken
            }
        } else {
            nodes[move.from]?.domains[move.uuid] = nil
            nodes[move.to]?.domains[move.uuid]?.mark?.hasMigrated = true
        }
        return .done
    }

    private mutating func resume(_ move: InstanceMove, isMidway: Bool) -> StepResult {
        guard let arrived = nodes[move.to]?.domains[move.uuid], arrived.mark?.move == move.mark else {
            return .skipped("the destination does not have it")
        }
        guard arrived.postCopy != nil else { return .unchanged }
        guard nodes[move.from]?.domains[move.uuid]?.postCopy != nil else {
            nodes[move.to]?.complain("\(arrived.name) waits for memory that nobody has")
            return .skipped("the source does not have it")
        }
        if isMidway { return .done }
        nodes[move.to]?.domains[move.uuid]?.postCopy = nil
        nodes[move.to]?.domains[move.uuid]?.mark?.hasMigrated = true
        nodes[move.from]?.domains[move.uuid] = nil
        return .done
    }

    private func checkNetworks(of domain: ObservedDomain, on node: Name) throws(StepError) {
        for nic in domain.nics {
            switch nic.attachment {
            case .network(let network):
                guard nodes[node]?.networks.values.contains(where: { $0.name == network && $0.isActive }) == true else {
                    throw StepError("network '\(network)' is not active")
                }
            case .bridge(let port):
                guard nodes[node]?.observed.has(port) == true else {
                    throw StepError("Cannot get interface '\(port.bridge)'")
                }
            case .other: break
            }
        }
    }

    private mutating func relocate(_ move: InstanceMove, isMidway: Bool) -> StepResult {
        if nodes[move.to]?.domains[move.uuid]?.mark?.move == move.mark { return .unchanged }
        guard isMoving(move), var domain = nodes[move.from]?.domains[move.uuid] else {
            return .skipped("it is not moving")
        }
        guard domain.power != .running, domain.power != .paused else { return .skipped("it runs again") }
        if domain.hasManagedSave {
            nodes[move.to]?.complain("the saved memory of \(domain.name) would be lost on the way")
        }
        for disk in move.disks {
            copy(disk.path, move)
            if isMidway { return .done }
        }
        finishMigration(&domain, move)
        domain.autostart = false
        domain.power = .shutOff
        domain.mark?.hasMigrated = true
        nodes[move.to]?.domains[move.uuid] = domain
        return .done
    }

    private mutating func leave(_ move: InstanceMove, isMidway: Bool) -> StepResult {
        guard let arrived = nodes[move.to]?.domains[move.uuid], arrived.mark?.move == move.mark, arrived.isPersistent
        else { return .skipped("the destination does not have it") }
        let source = nodes[move.from]?.domains[move.uuid]
        guard MoveEnds(move.mark, source: source, destination: arrived).verdict == .destination else {
            return .skipped("the destination has no complete copy")
        }
        for path in move.destinationPaths where nodes[move.to]?.halves.contains(path) == true {
            nodes[move.to]?.complain("the only whole copy of \(path) would go from \(move.from)")
        }
        nodes[move.to]?.domains[move.uuid]?.mark?.hasMigrated = true
        if let left = nodes[move.from]?.domains[move.uuid] {
            guard left.mark?.move == move.mark else { return .skipped("it is not on its way") }
            guard left.power != .running else { return .skipped("it runs on the source as well") }
            if left.postCopy != nil, arrived.postCopy != nil {
                nodes[move.to]?.complain("the rest of the memory of \(arrived.name) would be lost")
            }
            nodes[move.from]?.domains[move.uuid]?.power = .shutOff
        }
        return remove(move.sourcePaths, of: move, on: move.from, isMidway: isMidway)
    }

    private mutating func discard(_ move: InstanceMove, isMidway: Bool) -> StepResult {
        guard isMoving(move) else { return .skipped("the source does not have it") }
        if let half = nodes[move.to]?.domains[move.uuid] {
            guard half.mark?.move == move.mark else { return .skipped("it is not on its way") }
            let source = nodes[move.from]?.domains[move.uuid]
            guard half.power == .shutOff, MoveEnds(move.mark, source: source, destination: half).verdict == .source
            else { return .skipped("it may be the only complete copy") }
        }
        return remove(move.destinationPaths, of: move, on: move.to, isMidway: isMidway)
    }

    /// Gives its disks the paths that they have on the destination.
    private func finishMigration(_ domain: inout ObservedDomain, _ move: InstanceMove) {
        for index in domain.nics.indices where move.ownTaps.contains(domain.nics[index].mac) {
            domain.nics[index].tap = domain.nics[index].mac.tapName
        }
        for index in domain.running?.nics.indices ?? 0..<0 {
            guard let mac = domain.running?.nics[index].mac else { continue }
            domain.running?.nics[index].tap = domain.nics.first { $0.mac == mac }?.tap ?? FakeNode.chosenTap(mac)
        }
        for index in domain.disks.indices {
            domain.disks[index].path = move.mark.destinationPath(domain.disks[index].path)
        }
        for index in domain.running?.disks.indices ?? 0..<0 {
            if let path = domain.running?.disks[index].path {
                domain.running?.disks[index].path = move.mark.destinationPath(path)
            }
        }
    }

    private mutating func remove(
        _ paths: [String], of move: InstanceMove, on node: Name, isMidway: Bool
    ) -> StepResult {
        let before = nodes[node]
        for path in paths {
            let isUsed =
                nodes[node]?.domains.values.contains { $0.uuid != move.uuid && $0.disks.contains { $0.path == path } }
                ?? false
            if !isUsed {
                nodes[node]?.files[path] = nil
                nodes[node]?.halves.remove(path)
            }
            if isMidway { return .done }
        }
        nodes[node]?.domains[move.uuid] = nil
        return nodes[node] == before ? .unchanged : .done
    }
}
