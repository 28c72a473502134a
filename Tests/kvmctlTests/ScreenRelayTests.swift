import Fleet
import Foundation
import Glibc
import Processes
import Synchronization
import TestFleet
import TestPrograms
import Testing

@testable import kvmctl

/// The way to a guest's screen on this machine, with a listening socket in the place of the screen.
@Suite("Screens for viewers") struct ScreenRelayTests {
    /// A screen that sends back what it is sent.
    private final class Echo: Sendable {
        let path: String
        private let listener: Int32

        init(_ folder: String) throws {
            path = folder + "/vnc.sock"
            listener = try #require(Echo.listen(path))
            let listener = listener
            Thread.detachNewThread {
                while case let peer = accept(listener, nil, nil), peer >= 0 {
                    StreamPump.join(peer, dup(peer))
                }
            }
        }

        func stop() {
            shutdown(listener, Int32(SHUT_RDWR))
            close(listener)
        }

        private static func listen(_ path: String) -> Int32? {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
            let size = socklen_t(MemoryLayout<sockaddr_un>.size)
            let bound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
            }
            return bound == 0 && Glibc.listen(descriptor, 4) == 0 ? descriptor : nil
        }
    }

    /// What a shell gets that sends a word to a port and reads the answer; empty where the connection is closed.
    private func asking(_ port: Int, as user: [String] = []) async throws -> String {
        let script = "exec 3<>/dev/tcp/127.0.0.1/$0 || exit; echo word >&3; timeout 5 head -n 1 <&3"
        let words = user + ["bash", "-c", script, "\(port)"]
        let result = try await LocalProgram.run(words[0], Array(words.dropFirst()))
        return String(decoding: result.standardOutput, as: UTF8.self)
    }

    @Test("A viewer of this user reaches the screen, more than once; one of another user does not")
    func reached() async throws {
        let folder = try TemporaryFolder()
        let echo = try Echo(folder.path)
        defer { echo.stop() }
        let refusals = Mutex<[String]>([])
        let relay = try ScreenRelay(of: .socket(echo.path), port: nil)
        relay.run { refusal in refusals.withLock { $0.append(refusal) } }
        defer { relay.stop() }
        #expect(try await asking(relay.port) == "word\n")
        #expect(try await asking(relay.port) == "word\n")
        #expect(refusals.withLock { $0 } == [])
        // Only root can try as somebody else.
        guard geteuid() == 0 else { return }
        #expect(try await asking(relay.port, as: ["setpriv", "--reuid=65534", "--clear-groups"]) == "")
        #expect(refusals.withLock { $0 } == ["a connection of the user 65534 of this machine was refused"])
    }

    @Test("A screen that is gone closes the connection with a word, and a port that is taken is told")
    func gone() async throws {
        let folder = try TemporaryFolder()
        let refusals = Mutex<[String]>([])
        let relay = try ScreenRelay(of: .socket(folder.path + "/none"), port: nil)
        relay.run { refusal in refusals.withLock { $0.append(refusal) } }
        defer { relay.stop() }
        #expect(try await asking(relay.port) == "")
        #expect(refusals.withLock { $0.first?.contains("does not take the connection") } == true)
        #expect(throws: (any Error).self) { try ScreenRelay(of: .port(1), port: relay.port) }
    }

    @Test("A viewer is started only where there is a display for it")
    func viewer() throws {
        let folder = try TemporaryFolder()
        let program = try folder.write("remote-viewer", "#!/bin/sh\n")
        try makeExecutable(program)
        let path = folder.path
        #expect(Viewer.installed(in: ["PATH": path]) == nil)
        #expect(Viewer.installed(in: ["PATH": "/nowhere", "DISPLAY": ":0"]) == nil)
        let viewer = try #require(Viewer.installed(in: ["PATH": path, "WAYLAND_DISPLAY": "wayland-0"]))
        #expect(viewer.program == "remote-viewer" && viewer.arguments(5901) == ["vnc://127.0.0.1:5901"])
    }
}
