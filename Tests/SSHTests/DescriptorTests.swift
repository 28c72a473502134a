import Foundation
import Glibc
import SSH
import TestSSH
import Testing

/// What many nodes cost, and what is said when this machine allows no more.
@Suite("Open files") struct DescriptorTests {
    @Test("when no more may be open, connecting says so, and what to do")
    func exhausted() async {
        await #expect(processExitsWith: .success) {
            let server = try TestServer()
            // Dispatch opens its own descriptors at the first wait.
            try await Task.sleep(for: .milliseconds(5))
            var limit = rlimit(rlim_cur: 64, rlim_max: 64)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            var sessions: [Session] = []
            var failure: SSHError?
            for _ in 0..<128 where failure == nil {
                do { sessions.append(try await server.connect()) } catch let error as SSHError {
                    if case .local(_, EMFILE) = error.reason {
                        failure = error
                    } else {
                        // The server is of this process, and may be the first that gets none: then it is late to answer.
                        _ = open("/dev/null", O_RDONLY)
                    }
                }
            }
            let error = try #require(failure)
            try #require(error.cause == "Too many open files")
            try #require(error.remedy.contains("ulimit -n"))
            try #require(DescriptorLimit.isReached)
            for session in sessions { await session.close() }
        }
    }

    @Test("a client of a forwarded socket is turned away when no more may be open, and the session goes on")
    func turnedAway() async {
        await #expect(processExitsWith: .success) {
            let server = try TestServer()
            let echo = try EchoServer(at: server.folder.file("echo"))
            let session = try await server.connect()
            try await Task.sleep(for: .milliseconds(5))
            DescriptorLimit.raise()
            let forwarding = try await session.forward(echo.path)
            let client = try UnixSocket.connect(forwarding.path)
            try #require(SocketIO.writeAll(client, [1]))
            // One is left for the client itself.
            var taken: [Int32] = []
            while case let descriptor = open("/dev/null", O_RDONLY), descriptor >= 0 { taken.append(descriptor) }
            if let last = taken.popLast() { close(last) }
            let other = try UnixSocket.connect(forwarding.path)
            var byte: UInt8 = 0
            try #require(read(other, &byte, 1) <= 0)
            try #require(DescriptorLimit.isReached)
            for descriptor in taken { close(descriptor) }
            shutdown(client, Int32(SHUT_WR))
            try #require(SocketIO.readAll(client) == [1])
            let before = try await session.turns()
            try await Task.sleep(for: .milliseconds(300))
            try #require(try await session.turns() - before < 20)
        }
    }

    @Test("the limit is raised as far as it goes, and given back for a program that takes this one's place")
    func raised() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 256, rlim_max: 4096)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            DescriptorLimit.raise()
            DescriptorLimit.raise()
            try #require(DescriptorLimit.count == 4096)
            DescriptorLimit.restore()
            try #require(DescriptorLimit.count == 256)
        }
    }
}
