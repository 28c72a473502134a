import Foundation
import Glibc
import SSH
import TestSSH
import Testing

/// The holder of a lock: alive while it hears from us, gone soon after it does not.
@Suite("Holding") struct KeepaliveTests {
    let server: TestServer

    init() throws { server = try TestServer() }

    /// The lock's command: says that it has the lock, then waits for a line every so often.
    private func holder(_ file: String, silence: Int = 30) -> [String] {
        [
            "flock", "-n", file, "sh", "-c",
            "echo held; while l=$(timeout \(silence) head -n1) && [ -n \"$l\" ]; do :; done",
        ]
    }

    private func firstLine(_ keepalive: Keepalive) async -> String? {
        for await line in keepalive.lines { return line }
        return nil
    }

    private func isFree(_ file: String, on session: Session) async throws -> Bool {
        try await session.run(["flock", "-n", file, "true"]).succeeded
    }

    @Test("a lock is held by one, refused to the other, and free after its release")
    func release() async throws {
        let file = server.folder.file("lock")
        let session = try await server.connect()
        let keepalive = try await session.hold(holder(file))
        #expect(await firstLine(keepalive) == "held")

        let second = try await server.connect()
        let other = try await second.hold(holder(file))
        #expect(await firstLine(other) == nil)
        #expect(try await other.ended().status == 1)

        _ = try await keepalive.release()
        #expect(try await isFree(file, on: second))
    }

    @Test("the lines keep the holder alive for longer than its patience, and other work does not stop them")
    func beats() async throws {
        let file = server.folder.file("lock")
        let session = try await server.connect()
        let keepalive = try await session.hold(holder(file, silence: 1), every: .milliseconds(300))
        #expect(await firstLine(keepalive) == "held")
        let path = server.folder.file("big")
        try LocalTool.run("/usr/bin/truncate", "-s", "300M", path)
        _ = try await session.upload(file: path, to: ["sh", "-c", "cat > /dev/null; sleep 2"])
        #expect(try await !isFree(file, on: session))
        _ = try await keepalive.release()
        #expect(try await isFree(file, on: session))
    }

    @Test("a holder that is killed is told, and its lock is free")
    func killed() async throws {
        let file = server.folder.file("lock")
        let session = try await server.connect()
        let keepalive = try await session.hold(["sh", "-c", "echo $$; exec \"$@\"", "sh"] + holder(file))
        var lines = keepalive.lines.makeAsyncIterator()
        let process = try #require(await lines.next())
        #expect(await lines.next() == "held")
        _ = try await session.run(["sh", "-c", "pkill -P \"$1\"; kill \"$1\"", "sh", process])
        _ = try await keepalive.ended()
        #expect(await lines.next() == nil)
        for _ in 0..<100 where try await !isFree(file, on: session) { usleep(20_000) }
        #expect(try await isFree(file, on: session))
    }

    @Test("a holder that was left alone for too long is let go of, though it has not noticed yet")
    func late() async throws {
        let file = server.folder.file("lock")
        let session = try await server.connect()
        let keepalive = try await session.hold(holder(file), every: .milliseconds(50), patience: .milliseconds(400))
        #expect(await firstLine(keepalive) == "held")
        #expect(keepalive.isAlive)
        // The session's thread stands still, as the whole machine does under a closed lid.
        let path = server.folder.file("one")
        try Data("1".utf8).write(to: URL(fileURLWithPath: path))
        _ = try await session.upload(file: path, to: ["cat"]) { _ in usleep(800_000) }
        #expect(!keepalive.isAlive)
        _ = try await keepalive.ended()
        #expect(try await isFree(file, on: session))
    }

    @Test("one sign that came too late is never made good")
    func pulse() {
        let start = ContinuousClock.now
        let pulse = Pulse(patience: .seconds(25))
        #expect(pulse.isAlive(at: start))
        #expect(pulse.beat(at: start))
        #expect(pulse.beat(at: start + .seconds(25)))
        #expect(pulse.isAlive(at: start + .seconds(50)))
        #expect(!pulse.isAlive(at: start + .seconds(51)))
        #expect(!pulse.beat(at: start + .seconds(52)))
        #expect(!pulse.isAlive(at: start + .seconds(52)))
    }

    @Test("a lock outlives a link cut without a reset only by the holder's patience")
    func cutLink() async throws {
        let file = server.folder.file("lock")
        let proxy = try PausingProxy(to: server.port)
        try server.writeKnownHosts(alsoFor: [proxy.port])
        let session = try await Session.connect(server.endpoint(port: proxy.port), options: server.options())
        let keepalive = try await session.hold(holder(file, silence: 2), every: .milliseconds(300))
        #expect(await firstLine(keepalive) == "held")
        proxy.pause()
        let second = try await server.connect()
        let clock = ContinuousClock()
        let start = clock.now
        while try await !isFree(file, on: second), clock.now - start < .seconds(20) { usleep(100_000) }
        #expect(try await isFree(file, on: second))
        withExtendedLifetime(keepalive) {}
    }
}
