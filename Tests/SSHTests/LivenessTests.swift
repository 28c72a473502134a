import Glibc
import SSH
import TestSSH
import Testing

/// A link that is cut without a reset, and one that is reset.
@Suite("Liveness") struct LivenessTests {
    let server: TestServer
    let proxy: PausingProxy

    init() throws {
        server = try TestServer()
        proxy = try PausingProxy(to: server.port)
        try server.writeKnownHosts(alsoFor: [proxy.port])
    }

    private func connect() async throws -> Session {
        var options = server.options()
        options.probeInterval = .milliseconds(500)
        options.probeTimeout = .milliseconds(1500)
        return try await Session.connect(server.endpoint(port: proxy.port), options: options)
    }

    private func expectLoss(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as SSHError {
            guard case .linkLost(let words) = error.reason else { throw error }
            #expect(words.hasPrefix("no data for"))
            return
        }
        throw TestFailure("nothing was lost")
    }

    @Test("an idle session notices a silent link, and every later call fails at once")
    func idle() async throws {
        let session = try await connect()
        let keepalive = try await session.hold(["cat"], every: .seconds(3600))
        proxy.pause()
        try await expectLoss { _ = try await keepalive.ended() }
        try await expectLoss { _ = try await session.run(["true"]) }
        try await expectLoss { _ = try await session.forward("/nowhere") }
    }

    @Test("a silent link in the middle of a transfer ends the transfer")
    func transfer() async throws {
        let session = try await connect()
        let file = server.folder.file("big")
        try LocalTool.run("/usr/bin/truncate", "-s", "1G", file)
        let proxy = proxy
        try await expectLoss {
            _ = try await session.upload(file: file, to: ["sh", "-c", "cat > /dev/null"]) { sent in
                if sent > 8 << 20 { proxy.pause() }
            }
        }
    }

    @Test("a command that stays silent for longer than any limit is not taken for a lost link")
    func quietCommand() async throws {
        let session = try await connect()
        let result = try await session.run(["sh", "-c", "sleep 4; echo done"])
        #expect(result.output == "done\n")
    }

    @Test("a lost link closes forwarded connections, so that blocked readers wake up")
    func forwarded() async throws {
        let echo = try EchoServer(at: server.folder.file("echo"))
        let session = try await connect()
        let forwarding = try await session.forward(echo.path)
        let socket = try UnixSocket.connect(forwarding.path)
        #expect(SocketIO.writeAll(socket, [1, 2, 3]))
        var three = [UInt8](repeating: 0, count: 3)
        #expect(recv(socket, &three, 3, Int32(MSG_WAITALL)) == 3)
        proxy.pause()
        #expect(await TestThread.run { SocketIO.readAll(socket) } == [])
        close(socket)
    }

    @Test("a server that goes away is noticed at once")
    func reset() async throws {
        let own = try TestServer()
        let session = try await own.connect()
        let keepalive = try await session.hold(["cat"])
        // The process that serves this session, not the one that listens.
        _ = try? await session.run(["sh", "-c", "kill -9 $PPID"])
        do throws(SSHError) { _ = try await keepalive.ended() } catch {
            guard case .linkLost = error.reason else { throw error }
            return
        }
        throw TestFailure("the holder ended well")
    }
}
