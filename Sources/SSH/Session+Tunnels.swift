import Glibc

/// A port on one node's loopback whose connections arrive at a port of another node's, until this is closed.
package final class Tunnel: Sendable {
    /// On the node where it begins.
    package let port: Int
    private let number: Int
    /// Kept open for as long as this value is there.
    private let source: Session
    private let destination: Session

    init(port: Int, number: Int, from source: Session, to destination: Session) {
        self.port = port
        self.number = number
        self.source = source
        self.destination = destination
    }

    deinit { close() }

    /// Accepts nothing more; connections that exist go on.
    ///
    /// May be called again.
    package func close() {
        let number = number
        source.mailbox.post { delivery in
            if case .loop(let loop) = delivery { loop.closeRemoteListener(number) }
        }
    }
}

extension Session {
    /// Has this session's node listen on a free port of its loopback, and carries what connects there to a port of the
    /// other session's node: all of it through this process, encrypted on both ways.
    ///
    /// A connection that the other node does not take is closed.
    /// - Parameter end: the other node's port; nil for the same as here.
    /// - Throws: `forwardingForbidden` where the server does not listen for its clients.
    package func tunnel(
        to other: Session, port end: Int? = nil, timeout: Duration = .seconds(10)
    ) async throws(SSHError) -> Tunnel {
        let opened: ForwardedPort = try await request { loop, answer in
            let number = loop.nextRemoteListener()
            let listener = RemoteListenerActivity(limit: timeout) { result in
                answer(result.map { ForwardedPort(port: $0, number: number) })
            } connected: { [weak other] port, socket in
                if let other { other.carry(socket, to: end ?? port) } else { Glibc.close(socket) }
            }
            loop.add(listener, number: number)
        }
        return Tunnel(port: opened.port, number: opened.number, from: self, to: other)
    }

    /// Which port a listener has, and under which number the loop has it.
    private struct ForwardedPort: Sendable {
        let port: Int
        let number: Int
    }

    /// Carries a connected socket, which it takes over, to a port of the node's loopback.
    private func carry(_ socket: CInt, to port: Int) {
        mailbox.post { delivery in
            guard case .loop(let loop) = delivery else {
                Glibc.close(socket)
                return
            }
            let activity = try? SocketActivity(
                Descriptor(socket), to: .tcp(host: "127.0.0.1", port: port), on: loop.link, answer: { _ in })
            if let activity { loop.add(activity) }
        }
    }
}
