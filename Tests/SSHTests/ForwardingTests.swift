import Foundation
import Glibc
import SSH
import TestSSH
import Testing

/// Sockets of a node, reached from here.
@Suite("Forwarding") struct ForwardingTests {
    let server: TestServer
    let echo: EchoServer

    init() throws {
        server = try TestServer()
        echo = try EchoServer(at: server.folder.file("echo"))
    }

    @Test("100 MB through a forwarded socket come back unchanged, and half-closes are passed on")
    func bulk() async throws {
        let session = try await server.connect()
        let forwarding = try await session.forward(echo.path)
        let socket = try UnixSocket.connect(forwarding.path)
        let piece = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 11) }
        let writer = Task {
            await TestThread.run {
                for _ in 0..<100 where !SocketIO.writeAll(socket, piece[...]) { return false }
                return shutdown(socket, Int32(SHUT_WR)) == 0
            }
        }
        let received = await TestThread.run { SocketIO.readAll(socket) }
        #expect(await writer.value)
        #expect(received.count == 100 << 20)
        let isSame = received.withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress else { return false }
            return stride(from: 0, to: bytes.count, by: piece.count).allSatisfy { start in
                memcmp(first + start, piece, min(piece.count, bytes.count - start)) == 0
            }
        }
        #expect(isSame)
        close(socket)
    }

    @Test("a socket that is forwarded without a trial and is not there ends each connection at once")
    func missing() async throws {
        let session = try await server.connect()
        #expect(session.roundTrip > .zero && session.roundTrip < .seconds(5))
        let forwarding = try await session.forward(server.folder.file("nobody"), isTried: false)
        let socket = try UnixSocket.connect(forwarding.path)
        #expect(await TestThread.run { SocketIO.readAll(socket) }.isEmpty)
        close(socket)
        let error = await #expect(throws: SSHError.self) { try await session.forward(server.folder.file("nobody")) }
        guard case .socketMissing = error?.reason else {
            Issue.record("not the reason: \(String(describing: error))")
            return
        }
    }

    @Test("a port of one node leads to one of another, again and again, with questions for a sign of life in between")
    func tunnels() async throws {
        let other = try TestServer()
        let source = try await server.connect {
            $0.probeInterval = .milliseconds(100)
            $0.probeTimeout = .seconds(10)
        }
        let destination = try await other.connect()
        for _ in 0..<3 {
            // Two at once, as memory and disks have them.
            async let first = source.tunnel(to: destination, port: other.port)
            async let second = source.tunnel(to: destination, port: other.port)
            for tunnel in try await [first, second] {
                // The other end is the other server itself, which says so.
                let greeting = await TestThread.run { LoopbackSocket.greeting(of: tunnel.port) }
                #expect(greeting.hasPrefix("SSH-2.0-"))
                tunnel.close()
            }
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    @Test("a port of a node leads to this machine, and one of this machine to a node, until it is closed")
    func tunnelsOfThisMachine() async throws {
        let session = try await server.connect()
        for tunnel in [
            try await session.tunnelToHere(port: server.port), try await session.tunnelFromHere(port: server.port),
        ] {
            for _ in 0..<2 {
                let greeting = await TestThread.run { LoopbackSocket.greeting(of: tunnel.port) }
                #expect(greeting.hasPrefix("SSH-2.0-"))
            }
            tunnel.close()
            try await Task.sleep(for: .milliseconds(300))
            let greeting = await TestThread.run { LoopbackSocket.greeting(of: tunnel.port) }
            #expect(greeting == "")
        }
    }

    @Test("a server that forwards nothing says so when it is asked for a port")
    func forbidden() async throws {
        let closed = try TestServer(["AllowTcpForwarding no"])
        let session = try await closed.connect()
        let destination = try await server.connect()
        let error = await #expect(throws: SSHError.self) { try await session.tunnel(to: destination) }
        #expect(error?.reason == .forwardingForbidden("a port on the node"))
    }

    @Test("many connections share one session")
    func many() async throws {
        let session = try await server.connect()
        let forwarding = try await session.forward(echo.path)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    await TestThread.run {
                        guard let socket = try? UnixSocket.connect(forwarding.path) else { return false }
                        defer { close(socket) }
                        let text = Array("connection \(number)".utf8)
                        guard SocketIO.writeAll(socket, text[...]) else { return false }
                        shutdown(socket, Int32(SHUT_WR))
                        return SocketIO.readAll(socket) == text
                    }
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test("the local socket is for this user only and goes with the forwarding")
    func folder() async throws {
        let session = try await server.connect()
        let forwarding = try await session.forward(echo.path)
        let folder = URL(fileURLWithPath: forwarding.path).deletingLastPathComponent().path
        var status = stat()
        #expect(stat(folder, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        forwarding.close()
        await session.close()
        #expect(access(forwarding.path, F_OK) != 0)
    }
}
