import CLibssh
import Glibc

/// Has the server listen on a free port of its loopback, and takes up every connection that it passes on from there.
///
/// Each is carried between its channel and a socket that somebody has ready for it.
final class RemoteListenerActivity: Activity {
    /// Told once: the port, or why there is none.
    typealias Answer = (Result<Int, SSHError>) -> Void
    /// Asked on the session's thread for a non-blocking socket for a connection, which is closed in the end; nil for none.
    typealias Connected = (_ port: CInt) -> CInt?

    private var deadline: Interest.Clock.Instant
    private let limit: Duration
    private let connected: Connected
    private var answer: Answer?
    private var port: CInt?
    /// The port that is asked for: libssh loses the server's own choice where another packet comes right behind it.
    private var wanted = Loopback.anyPort()
    private var triesLeft = 8
    private var isClosed = false

    init(limit: Duration, answer: @escaping Answer, connected: @escaping Connected) {
        self.limit = limit
        deadline = Interest.Clock.now.advanced(by: limit)
        self.answer = answer
        self.connected = connected
    }

    /// Accepts nothing more; connections that exist go on.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        deadline = Interest.Clock.now.advanced(by: limit)
    }

    func prepare(_ interest: inout Interest) {
        if port == nil || isClosed { interest.wake(at: deadline) }
    }

    func advance(_ loop: SessionLoop, _ interest: Interest) -> Bool {
        let session = loop.link.handle.raw
        guard let port else {
            guard isClosed || ask(session, loop) else { return false }
            loop.endRequest(self)
            return true
        }
        if isClosed {
            // What the answer says does not matter: the port goes with the session at the latest.
            let isLate = Interest.Clock.now >= deadline
            guard isLate || loop.mayRequest(self) else { return false }
            if !isLate, ssh_channel_cancel_forward(session, RemoteListenerActivity.loopback, port) == SSH_AGAIN {
                return false
            }
            loop.endRequest(self)
            return true
        }
        while let channel = loop.takeForwarded(to: port) { take(channel, on: loop, port) }
        return false
    }

    func abandon(_ error: SSHError) {
        isClosed = true
        tell(.failure(error))
    }

    /// Asks the server for a port, and goes on waiting for its answer; true where there will be none.
    private func ask(_ session: ssh_session, _ loop: SessionLoop) -> Bool {
        let isLate = Interest.Clock.now >= deadline
        guard isLate || loop.mayRequest(self) else { return false }
        switch isLate ? SSH_AGAIN : ssh_channel_listen_forward(session, RemoteListenerActivity.loopback, wanted, nil) {
        case SSH_OK:
            port = wanted
            loop.endRequest(self)
            tell(.success(Int(wanted)))
            return false
        case SSH_AGAIN:
            guard isLate else { return false }
            tell(.failure(loop.error(.timeout(limit, waitingFor: "a port on the node"))))
        default:
            // It may be in use, or nothing is allowed: the server does not say which.
            triesLeft -= 1
            if triesLeft > 0 {
                wanted = Loopback.anyPort()
                return ask(session, loop)
            }
            tell(.failure(loop.error(.forwardingForbidden("a port on the node"))))
        }
        return true
    }

    private func take(_ raw: ssh_channel, on loop: SessionLoop, _ port: CInt) {
        let channel = Channel(adopting: raw, on: loop.link)
        // Without a socket the channel is let go, and the node's side of the connection ends.
        guard let socket = connected(port) else { return }
        loop.add(SocketActivity(Descriptor(socket), over: channel))
    }

    private func tell(_ result: Result<Int, SSHError>) {
        answer?(result)
        answer = nil
    }

    private static let loopback = "127.0.0.1"
}
