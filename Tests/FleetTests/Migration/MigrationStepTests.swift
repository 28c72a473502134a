import Foundation
import Libvirt
import Reconciler
import SSH
import Spec
import TestNames
import Testing

@testable import Fleet

@Suite("Stages of a move")
struct MigrationStepTests {
    private static let direction = DomainMark.Move(from: name("kvm1"), to: name("kvm2"))

    /// A stopped domain on both nodes, with a disk of its own on each, as a migration leaves it that fails in its last phase.
    private func failLast(
        _ source: TestNode, _ destination: TestNode, hasMigrated: Bool = false
    ) async throws -> InstanceMove {
        var domain = source.instance("db")
        domain.mark.move = Self.direction
        domain.mark.move?.folders = [.init(from: source.folder, to: destination.folder)]
        domain.mark.phase = .active
        domain.disks = [.init(name: "root", path: "\(source.folder)/db.qcow2", serial: nil)]
        try await source.define(domain)
        domain.mark.hasMigrated = hasMigrated
        domain.disks = [.init(name: "root", path: "\(destination.folder)/db.qcow2", serial: nil)]
        domain.seedPath = "\(destination.folder)/db.iso"
        try await destination.define(domain)
        for node in [source, destination] { _ = try await node.makeImage("db.qcow2") }
        var move = InstanceMove(
            instance: domain.mark.instance, uuid: domain.uuid, name: domain.name, from: Self.direction.from,
            to: Self.direction.to,
            isLive: true, transport: .direct,
            disks: [.init(name: "root", path: "\(source.folder)/db.qcow2", capacity: .mebibytes(16), backingPath: nil)],
            seedPath: nil, autostart: true, pin: nil)
        move.folders = domain.mark.move?.folders ?? []
        return move
    }

    private func hasDisk(_ test: TestNode) throws -> Bool { try test.files.contains("db.qcow2") }

    @Test("the source keeps its disks where nobody saw the destination run")
    func bothOff() async throws {
        try await TestNode.withTwo { (source: TestNode, destination: TestNode) async throws in
            let move = try await failLast(source, destination)
            for (node, stage) in [(source, InstanceMove.Stage.leave), (destination, .discard)] {
                let result = try await node.perform(.move(MoveStep(stage, of: move)))
                guard case .skipped = result else {
                    Issue.record("\(stage) was \(result)")
                    continue
                }
            }
            for node in [source, destination] {
                #expect(try hasDisk(node))
                #expect(try await node.node.connection.domain(move.uuid) != nil)
            }
        }
    }

    @Test("a destination that runs is written down before anything of the source goes")
    func arrived() async throws {
        try await TestNode.withTwo { (source: TestNode, destination: TestNode) async throws in
            let move = try await failLast(source, destination)
            try await destination.libvirt.startDomain(move.uuid.libvirt)
            #expect(try await source.perform(.move(MoveStep(.leave, of: move))) == .done)
            #expect(try await destination.node.connection.domain(move.uuid)?.mark?.hasMigrated == true)
            #expect(try !hasDisk(source) && hasDisk(destination))
            #expect(try await source.node.connection.domain(move.uuid) == nil)
            #expect(try await destination.perform(.move(MoveStep(.finish, of: move))) == .done)
            let seen = try #require(try await destination.node.connection.domain(move.uuid))
            #expect(seen.mark?.move == nil && seen.mark?.hasMigrated == false && seen.autostart)
        }
    }

    @Test(
        "a guest that libvirt migrated is recorded once at its destination, whatever became of it since",
        arguments: [true, false])
    func confirmed(runs: Bool) async throws {
        try await TestNode.withTwo { (source: TestNode, destination: TestNode) async throws in
            let move = try await failLast(source, destination)
            if runs { try await destination.libvirt.startDomain(move.uuid.libvirt) }
            try await source.libvirt.undefineDomain(move.uuid.libvirt)
            var error: StepProblem?
            let (here, there) = (source.node.context.moves, destination.node.context.moves)
            let calls = await destination.calls.during {
                do { try await here.confirm(move, on: there) } catch let problem as StepProblem {
                    error = problem
                } catch { Issue.record(error) }
            }
            #expect((error == nil) == runs)
            let look = "reading domain \(move.uuid)"
            #expect(calls == [look, "marking domain \(move.name)", look])
            #expect(try await destination.node.connection.domain(move.uuid)?.mark?.hasMigrated == true)
            // What is written down already is not asked for again.
            let leaving = try await destination.calls.during {
                _ = try await source.perform(.move(MoveStep(.leave, of: move)))
            }
            #expect(leaving == [look])
            #expect(try !hasDisk(source) && hasDisk(destination))
        }
    }

    @Test("a guest that its source still has is not recorded as migrated")
    func notGone() async throws {
        try await TestNode.withTwo { (source: TestNode, destination: TestNode) async throws in
            let move = try await failLast(source, destination)
            try await destination.libvirt.startDomain(move.uuid.libvirt)
            await #expect(throws: StepProblem.self) {
                try await source.node.context.moves.confirm(move, on: destination.node.context.moves)
            }
            #expect(try await destination.node.connection.domain(move.uuid)?.mark?.hasMigrated == false)
        }
    }

    @Test("a destination whose files are whole counts while it is off")
    func whole() async throws {
        try await TestNode.withTwo { (source: TestNode, destination: TestNode) async throws in
            let move = try await failLast(source, destination, hasMigrated: true)
            guard case .skipped = try await destination.perform(.move(MoveStep(.discard, of: move))) else {
                Issue.record("the only good copy was discarded")
                return
            }
            #expect(try await source.perform(.move(MoveStep(.leave, of: move))) == .done)
            #expect(try !hasDisk(source) && hasDisk(destination))
        }
    }

    @Test("a failed migration removes what it made, and gives the source its autostart")
    func takenBack() async throws {
        try await TestNode.withTwo { (source: TestNode, destination: TestNode) async throws in
            let move = try await failLast(source, destination)
            try await source.libvirt.startDomain(move.uuid.libvirt)
            guard case .skipped = try await source.perform(.move(MoveStep(.migrate, of: move))) else {
                Issue.record("it went where a definition of it is already")
                return
            }
            #expect(try await destination.node.connection.domain(move.uuid) == nil)
            #expect(try hasDisk(source) && !hasDisk(destination))
            let seen = try #require(try await source.node.connection.domain(move.uuid))
            #expect(seen.autostart && seen.power == .running && seen.mark?.move == move.mark)
        }
    }

    @Test("a failed migration leaves both ends alone where the source went off meanwhile")
    func notTakenBack() async throws {
        try await TestNode.withTwo { (source: TestNode, destination: TestNode) async throws in
            let move = try await failLast(source, destination)
            _ = try await source.perform(.move(MoveStep(.migrate, of: move)))
            for node in [source, destination] {
                #expect(try hasDisk(node))
                #expect(try await node.node.connection.domain(move.uuid) != nil)
            }
            #expect(try await source.node.connection.domain(move.uuid)?.autostart == false)
        }
    }

    @Test("a copied file gets its holes back, and says the same")
    func holes() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let path = "\(test.folder)/copy.qcow2"
            let content = Data("begin".utf8) + Data(count: 8 << 20) + Data("end".utf8)
            try content.write(to: URL(filePath: path))
            func allocated() async throws -> Int {
                let said = try await test.commands.run(
                    "looking", Script("sync -- \"$1\"; stat -c '%b %B' -- \"$1\"", [path]))
                return said.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.reduce(1, *)
            }
            #expect(try await allocated() >= 8 << 20)
            try await test.node.context.moves.digHoles(in: path)
            #expect(try await allocated() < 1 << 20)
            #expect(try Data(contentsOf: URL(filePath: path)) == content)
            // Where there is nothing to dig in, that fails nothing.
            try await test.node.context.moves.digHoles(in: "\(test.folder)/none")
        }
    }

    @Test("a stopped domain's definition says from the first moment that its files are whole")
    func definition() async throws {
        try await TestNode.withTwo { (source: TestNode, destination: TestNode) async throws in
            var domain = source.instance("db")
            domain.mark.move = Self.direction
            try await source.define(domain)
            let id = try domain.uuid.libvirt
            let move = InstanceMove(
                instance: domain.mark.instance, uuid: domain.uuid, name: domain.name, from: Self.direction.from,
                to: Self.direction.to, isLive: false, transport: .direct, disks: [], seedPath: nil, autostart: true,
                pin: nil)
            let xml = try move.completedXML(try await source.libvirt.domainXML(id, [.inactive]))
            try await destination.libvirt.defineDomain(xml)
            let seen = try #require(try await destination.node.connection.domain(domain.uuid))
            domain.mark.hasMigrated = true
            #expect(seen.mark == domain.mark)
        }
    }
}
