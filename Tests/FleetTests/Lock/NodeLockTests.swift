import Foundation
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
            // Ends the holder as an administrator could, found by the folder among its arguments.
            let script = """
                for file in $(grep -laF "$1" /proc/[0-9]*/cmdline 2>/dev/null); do
                    pid=${file#/proc/}; pid=${pid%/cmdline}
                    [ "$pid" = $$ ] || [ "$pid" = $PPID ] || kill -9 "$pid" 2>/dev/null
                done; :
                """
            try await test.commands.run("killing the holder", script, ["\(test.folder)/state/demo"])
            let deadline = ContinuousClock.now.advanced(by: .seconds(20))
            while await test.node.lock.isHeld, ContinuousClock.now < deadline { await Task.yield() }
            let error = await #expect(throws: StepError.self) { try await test.perform(.deleteRoster) }
            #expect(error?.isNodeLost == true)
        }
    }
}
