import Foundation
import Libvirt
import Reconciler
import Spec
import Testing

@testable import Fleet

@Suite("A cluster's lock on a node")
struct NodeLockTests {
    private static let ana = LockOwner(who: "ana@laptop (pid 1)", since: "2026-01-31T10:00:00Z")
    private static let ben = LockOwner(who: "ben@desk (pid 2)", since: "2026-01-31T10:01:00Z")

    @Test("one has it, the other learns who, and looking does not take it")
    func held() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let connection = test.node.connection
            let other = NodeLock(connection, folder: connection.folder(of: Samples.cluster))
            #expect(try await test.node.lock.take(for: Self.ana) == .taken)
            #expect(try await test.node.lock.take(for: Self.ana) == .taken)
            #expect(try await other.take(for: Self.ben) == .held(by: Self.ana.line))
            #expect(try await connection.facts(Samples.cluster).lockHolder == Self.ana.line)
            await test.node.lock.release()
            #expect(try await connection.facts(Samples.cluster).lockHolder == nil)
            #expect(try await other.take(for: Self.ben) == .taken)
            await other.release()
        }
    }

    @Test("a run does not see its own lock as somebody else's")
    func own() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            #expect(try await test.node.lock.take(for: Self.ana) == .taken)
            guard case .answered(let node) = await test.node.observe() else {
                Issue.record("it did not answer")
                return
            }
            #expect(node.lockHolder == nil)
        }
    }

    @Test("a holder that goes away frees the lock, and the run stops there")
    func lost() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            #expect(try await test.node.lock.take(for: Self.ana) == .taken)
            try await Self.killHolder(of: test)
            let deadline = ContinuousClock.now.advanced(by: .seconds(20))
            while await test.node.lock.isHeld, ContinuousClock.now < deadline { await Task.yield() }
            let error = await #expect(throws: StepError.self) { try await test.perform(.roster(.delete)) }
            #expect(error?.isNodeLost == true)
        }
    }

    @Test("what runs on a node whose lock is lost is cut off, on this machine itself as well")
    func cutOff() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let connection = test.node.connection
            #expect(try await test.node.lock.take(for: Self.ana) == .taken)
            let step = Task {
                try await test.commands.run(
                    "working", Script("touch \"$1/begun\"; sleep 40; touch \"$1/ended\"", [test.folder]))
            }
            let upload = Task {
                try await connection.bulkShell().upload(
                    file: "/dev/null", to: ["sh", "-c", "sleep 40; touch \"$1/sent\"", "sh", test.folder],
                    sealedBy: nil
                ) { _ in }
            }
            let deadline = ContinuousClock.now.advanced(by: .seconds(90))
            while try !test.files.contains("begun"), ContinuousClock.now < deadline { await Task.yield() }
            try await Self.killHolder(of: test)
            while await test.node.lock.isHeld, ContinuousClock.now < deadline { await Task.yield() }
            await #expect(throws: (any Error).self) { try await step.value }
            await #expect(throws: (any Error).self) { try await upload.value }
            await #expect(throws: (any Error).self) { try await test.commands.run("going on", Script("true")) }
            await #expect(throws: (any Error).self) { _ = try await connection.ownChannel() }
            await #expect(throws: (any Error).self) {
                _ = try await connection.guests.call("asking a guest") { try $0.libvirtVersion() }
            }
            var isOpen = true
            while isOpen, ContinuousClock.now < deadline {
                isOpen = (try? await connection.changes.call("asking") { try $0.libvirtVersion() }) != nil
            }
            #expect(!isOpen)
            // Longer than what was cut off would have taken.
            try await Task.sleep(for: .seconds(41))
            #expect(try Set(test.files).isDisjoint(with: ["ended", "sent"]))
        }
    }

    /// Ends the holder as an administrator could, found by the folder among its arguments.
    private static func killHolder(of test: TestNode) async throws {
        let script = """
            for file in $(grep -laF "$1" /proc/[0-9]*/cmdline 2>/dev/null); do
                pid=${file#/proc/}; pid=${pid%/cmdline}
                [ "$pid" = $$ ] || [ "$pid" = $PPID ] || kill -9 "$pid" 2>/dev/null
            done; :
            """
        // Not by the node's own commands, which end with its lock.
        _ = try await LocalShell().run(
            ["sh", "-c", script, "sh", "\(test.folder)/state/demo"], input: [], timeout: nil)
    }
}
