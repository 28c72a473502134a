import Glibc
import SSH
import TestSSH
import Testing

/// Why a socket of a node cannot be reached.
@Suite("Forwarding that fails") struct ForwardingFailureTests {
    private func failure(_ session: Session, _ path: String) async throws -> SSHError.Reason {
        do throws(SSHError) { _ = try await session.forward(path) } catch { return error.reason }
        throw TestFailure("\(path) was forwarded")
    }

    @Test("a socket that does not exist")
    func missing() async throws {
        let server = try TestServer()
        let session = try await server.connect()
        let path = server.folder.file("none")
        #expect(try await failure(session, path) == .socketMissing(path))
    }

    @Test("a socket on which nobody listens any more")
    func dead() async throws {
        let server = try TestServer()
        let path = server.folder.file("dead")
        close(try UnixSocket.listen(path))
        let session = try await server.connect()
        #expect(try await failure(session, path) == .socketDead(path))
    }

    @Test("a server that forbids forwarding")
    func forbidden() async throws {
        let server = try TestServer(["AllowStreamLocalForwarding no"])
        let echo = try EchoServer(at: server.folder.file("echo"))
        let session = try await server.connect()
        #expect(try await failure(session, echo.path) == .forwardingForbidden(echo.path))
        #expect(try await session.run(["true"]).succeeded)
    }

    @Test("a server that forbids TCP forwarding does not serve as a jump host")
    func forbiddenJump() async throws {
        let server = try TestServer(["AllowTcpForwarding no"])
        let session = try await server.connect()
        do throws(SSHError) {
            close(try await session.openTCP(host: "127.0.0.1", port: server.port))
            throw SSHError(target: "", reason: .closed)
        } catch {
            #expect(error.reason == .forwardingForbidden("127.0.0.1:\(server.port)"))
        }
    }
}
