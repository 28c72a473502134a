import Synchronization
import TestSSH
import Testing

@testable import SSH

/// Sessions that are opened when a server has no room for another command in the first one.
@Suite("Spare sessions") struct SpareSessionTests {
    @Test("none is opened after the close, whether there was one or not", arguments: [false, true])
    func closed(isOpen: Bool) async throws {
        let server = try TestServer()
        let count = Mutex(0)
        let spare = SpareSession(target: "node") { () async throws(SSHError) in
            count.withLock { $0 += 1 }
            return try await Session.connect(server.endpoint(), options: server.options())
        }
        if isOpen { _ = try await spare.session() }
        await spare.close()
        let error = await #expect(throws: SSHError.self) { _ = try await spare.session() }
        #expect(error == SSHError(target: "node", reason: .closed))
        #expect(count.withLock { $0 } == (isOpen ? 1 : 0))
    }

    @Test("who hears late that none could be opened does not forget the one that was opened since")
    func late() async throws {
        let server = try TestServer()
        // Who hears when is chance.
        for _ in 0..<20 { try await late(server) }
    }

    private func late(_ server: TestServer) async throws {
        let tries = Mutex(0)
        let opened = Mutex<[Session]>([])
        let (goAhead, go) = AsyncStream.makeStream(of: Never.self)
        let spare = SpareSession(target: "node") { () async throws(SSHError) in
            let number = tries.withLock { tries in
                tries += 1
                return tries
            }
            if number == 1 {
                for await _ in goAhead {}
                throw SSHError(target: "node", reason: .refused)
            }
            let session = try await Session.connect(server.endpoint(), options: server.options())
            opened.withLock { $0.append(session) }
            return session
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            // The many hear of the failure after the one that tries again at once.
            group.addTask(priority: .high) {
                while (try? await spare.session()) == nil {}
            }
            for _ in 0..<2000 { group.addTask(priority: .background) { _ = try? await spare.session() } }
            try await Task.sleep(for: .milliseconds(100))
            go.finish()
            try await group.waitForAll()
        }
        _ = try await spare.session()
        let sessions = opened.withLock { $0 }
        #expect(sessions.count == 1)
        await spare.close()
        for session in sessions { await #expect(throws: SSHError.self) { _ = try await session.run(["true"]) } }
    }
}
