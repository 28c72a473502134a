import Reconciler
import Spec
import TestNames

extension Scenario {
    static let moves: [Scenario] = [
        Scenario("a move is marked once where it begins, and forgotten once") { trial in
            let (domain, move) = try await trial.makeMove()
            await trial.expectOnce(.move(MoveStep(.begin, of: move)))
            let seen = await trial.domain(domain.uuid)
            trial.check(seen?.mark?.move == move.mark && seen?.autostart == false, "it does not say where to")
            await trial.expectOnce(.move(MoveStep(.forget, of: move)))
            let left = await trial.domain(domain.uuid)
            trial.check(left?.mark?.move == nil, "its mark still speaks of it")
        },
        Scenario("what is to be done for a move of a domain that is gone is skipped") { trial in
            let move = trial.move(Things.domain("a", in: trial.node.folder))
            for stage: InstanceMove.Stage in [.begin, .forget, .leave] {
                await trial.expect(.skipped, .move(MoveStep(stage, of: move)))
            }
            for stage: InstanceMove.Stage in [.finish, .discard] {
                await trial.expect(.skipped, .move(MoveStep(stage, of: move)), on: trial.peer)
            }
        },
        Scenario("what arrived takes over once, and what its source has left goes once") { trial in
            let (domain, move) = try await trial.makeMove { $0.mark.move = $1.mark }
            var arrived = domain
            (arrived.disks[0].path, arrived.seedPath) = (
                trial.arriving(domain.disks[0].path), trial.arriving(domain.seedPath)
            )
            arrived.mark.hasMigrated = true
            try await trial.makeWhole(arrived, on: trial.peer)
            await trial.expectOnce(.move(MoveStep(.leave, of: move)))
            let left = await trial.domain(domain.uuid)
            let isThere = await trial.node.exists(domain.disks[0].path)
            trial.check(left == nil && !isThere, "its source still has something of it")
            await trial.expectOnce(.move(MoveStep(.finish, of: move)), on: trial.peer)
            let seen = await trial.domain(domain.uuid, on: trial.peer)
            trial.check(seen?.mark?.move == nil && seen?.mark?.hasMigrated == false, "its mark still speaks of a move")
            trial.check(seen?.autostart == true, "it does not start with its node")
            let hasDisk = await trial.peer.exists(arrived.disks[0].path)
            trial.check(hasDisk, "its disk is gone")
        },
        Scenario("what a move made at its destination goes once, and its source stays") { trial in
            let (domain, move) = try await trial.makeMove { $0.mark.move = $1.mark }
            let copy = trial.arriving(domain.disks[0].path)
            try await trial.peer.makeDisk(copy)
            await trial.expectOnce(.move(MoveStep(.discard, of: move)), on: trial.peer)
            let (isCopyThere, isThere) = (await trial.peer.exists(copy), await trial.node.exists(domain.disks[0].path))
            trial.check(!isCopyThere && isThere, "the copy is there, or the disk is not")
        },
        Scenario("where nobody saw the copy run or be whole, neither end goes") { trial in
            let (domain, move) = try await trial.makeMove { $0.mark.move = $1.mark }
            var copy = domain
            (copy.disks[0].path, copy.seedPath) = (
                trial.arriving(domain.disks[0].path), trial.arriving(domain.seedPath)
            )
            try await trial.makeWhole(copy, on: trial.peer)
            await trial.expect(.skipped, .move(MoveStep(.leave, of: move)))
            await trial.expect(.skipped, .move(MoveStep(.discard, of: move)), on: trial.peer)
            let isThere = await trial.node.exists(domain.disks[0].path)
            let isCopyThere = await trial.peer.exists(copy.disks[0].path)
            trial.check(isThere && isCopyThere, "a disk is gone")
        },
        Scenario(
            "a running guest is migrated",
            impossible: [.testDriver: "it has no call that migrates a guest"]
        ) { trial in
            let (domain, move) = try await trial.makeMove(isLive: true)
            await trial.expect(.done, .domain(.start(uuid: domain.uuid, name: domain.name)))
            await trial.expect(.done, .move(MoveStep(.begin, of: move)))
            await trial.expect(.done, .move(MoveStep(.prepare, of: move)), on: trial.peer)
            await trial.expect(.done, .move(MoveStep(.migrate, of: move)))
            let (left, seen) = (await trial.domain(domain.uuid), await trial.domain(domain.uuid, on: trial.peer))
            trial.check(left == nil && seen?.power == .running, "it does not run at its destination alone")
            trial.check(seen?.mark?.hasMigrated == true, "its mark does not say that it arrived")
        },
        Scenario(
            "a stopped instance is copied once",
            impossible: [.testDriver: "its nodes are one machine without an sshd, and have no way to each other"]
        ) { trial in
            let (domain, move) = try await trial.makeMove()
            await trial.expect(.done, .move(MoveStep(.begin, of: move)))
            await trial.expect(.done, .move(MoveStep(.prepare, of: move)), on: trial.peer)
            await trial.expectOnce(.move(MoveStep(.relocate, of: move)), on: trial.peer)
            let seen = await trial.domain(domain.uuid, on: trial.peer)
            trial.check(seen?.power == .shutOff && seen?.mark?.hasMigrated == true, "it did not arrive")
        },
    ]
}

extension Trial {
    /// A stopped domain, and its move to the other node.
    fileprivate func makeMove(
        isLive: Bool = false, _ change: (inout DomainDefinition, InstanceMove) -> Void = { _, _ in }
    ) async throws -> (domain: DomainDefinition, move: InstanceMove) {
        var domain = Things.domain("a", in: node.folder, autostart: true)
        domain.mark.phase = .active
        let move = move(domain, isLive: isLive)
        change(&domain, move)
        try await makeWhole(domain)
        return (domain, move)
    }

    fileprivate func move(_ domain: DomainDefinition, isLive: Bool = false) -> InstanceMove {
        var move = InstanceMove(
            instance: domain.mark.instance, uuid: domain.uuid, name: domain.name, from: node.driver.node,
            to: peer.driver.node, isLive: isLive, transport: .direct,
            disks: domain.disks.map { .init(name: $0.name, path: $0.path, capacity: .mebibytes(1), backingPath: nil) },
            seedPath: domain.seedPath, autostart: true, pin: nil)
        move.folders = [.init(from: node.folder, to: peer.folder)]
        return move
    }

    /// A file's path at the other node.
    fileprivate func arriving(_ path: String) -> String { peer.folder + path.dropFirst(node.folder.utf8.count) }
}
