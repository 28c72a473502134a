import Engine
import Fleet
import Foundation
import Glibc

/// Makes a guest's screen reachable at a TCP port of this machine, for viewers that know no Unix sockets.
///
/// A VNC screen asks for no password, and every user of this machine reaches its ports: only connections of the user
/// who runs kvmctl are taken. It listens until it is let go of; connections that exist go on for as long as the process.
final class ScreenRelay: Sendable {
    let port: Int
    private let listener: Int32
    private let screen: ScreenPlace
    /// Who may connect.
    private let users: Set<uid_t>

    /// - Parameter port: nil for a free one.
    /// - Parameter caller: who called sudo to run kvmctl, and has the viewer.
    /// - Throws: where the port is taken.
    init(of screen: ScreenPlace, port wanted: Int?, caller: uid_t? = nil) throws(FileError) {
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw FileError.last }
        var yes: CInt = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        var address = Loopback.address(port: UInt16(clamping: wanted ?? 0))
        guard
            Loopback.with(
                &address,
                { (pointer: UnsafeMutablePointer<sockaddr>, size: socklen_t) in bind(listener, pointer, size) }) == 0,
            listen(listener, 8) == 0,
            let port = Loopback.port(of: listener)
        else {
            let error = FileError.last
            close(listener)
            throw error
        }
        self.listener = listener
        self.port = Int(port)
        self.screen = screen
        users = Set([getuid(), caller].compactMap(\.self))
    }

    deinit { close(listener) }

    /// Takes connections, each on threads of its own, until the listening socket is shut down.
    ///
    /// - Parameter refused: called with why a connection is not taken, before it is closed.
    func run(refused: @escaping @Sendable (String) -> Void) {
        let (listener, screen, port, users) = (listener, screen, port, users)
        Thread.detachNewThread {
            while true {
                var peer = sockaddr_in()
                let viewer = Loopback.with(&peer) {
                    (pointer: UnsafeMutablePointer<sockaddr>, size: UnsafeMutablePointer<socklen_t>) in
                    accept(listener, pointer, size)
                }
                guard viewer >= 0 else {
                    guard [EINTR, ECONNABORTED, EMFILE, ENFILE].contains(errno) else { return }
                    if errno == EMFILE || errno == ENFILE { sleep(1) }
                    continue
                }
                _ = fcntl(viewer, F_SETFD, FD_CLOEXEC)
                let owner = Loopback.owner(from: UInt16(bigEndian: peer.sin_port), to: UInt16(port))
                guard let owner, users.contains(owner) else {
                    refused(
                        "a connection of \(owner.map { "the user \($0)" } ?? "an unknown user") of this machine was refused"
                    )
                    close(viewer)
                    continue
                }
                guard let guest = screen.connect() else {
                    refused("the screen does not take the connection: the guest may have been shut down")
                    close(viewer)
                    continue
                }
                StreamPump.join(viewer, guest)
            }
        }
    }

    /// Takes no more connections.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }
}

extension ScreenPlace {
    /// Connects to it; nil where nothing listens there, or this user may not.
    func connect() -> Int32? {
        switch self {
        case .socket(let path): Loopback.connect(toSocket: path)
        case .port(let port): Loopback.connect(toPort: UInt16(clamping: port))
        }
    }
}
