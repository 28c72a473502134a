import Glibc

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
        try await tunnel(over: [self, other], timeout) { [weak other] port in
            guard let other, let (near, far) = try? Descriptor.socketPair() else { return nil }
            other.carry(near, to: end ?? Int(port))
            return far
        }
    }

    /// Has this session's node listen on a free port of its loopback, and carries what connects there to the same port of
    /// this machine's.
    ///
    /// A connection that nobody takes here is closed.
    /// - Parameter end: this machine's port; nil for the same as there.
    /// - Throws: `forwardingForbidden` where the server does not listen for its clients.
    package func tunnelToHere(
        port end: Int? = nil, timeout: Duration = .seconds(10)
    ) async throws(SSHError) -> Tunnel {
        try await tunnel(over: [self], timeout) { port in
            do throws(SystemFailure) {
                let socket = try Loopback.connect(end.map { CInt(truncatingIfNeeded: $0) } ?? port)
                return socket.release()
            } catch { return nil }
        }
    }

    /// Listens on a free port of this machine's loopback, and carries what connects there to the same port of the node's.
    ///
    /// A connection that the node does not take is closed.
    /// - Parameter end: the node's port; nil for the same as here.
    package func tunnelFromHere(port end: Int? = nil) async throws(SSHError) -> Tunnel {
        let opened: ForwardedPort = try await request { loop, answer in
            var failure = SystemFailure("bind", EADDRINUSE)
            for _ in 0..<8 {
                let port = Loopback.anyPort()
                do throws(SystemFailure) {
                    let listener = ListenerActivity(
                        port: try Loopback.listen(port), to: .tcp(host: "127.0.0.1", port: end ?? Int(port)))
                    answer(.success(ForwardedPort(port: Int(port), number: loop.add(listener))))
                    return
                } catch { failure = error }
            }
            answer(.failure(loop.error(.local(failure.call, failure.number))))
        }
        return Tunnel(port: opened.port, over: [self]) { [mailbox] in
            mailbox.post { delivery in
                if case .loop(let loop) = delivery { loop.closeListener(opened.number) }
            }
        }
    }

    private func tunnel(
        over sessions: [Session], _ timeout: Duration,
        _ connected: @escaping @Sendable (_ port: CInt) -> CInt?
    ) async throws(SSHError) -> Tunnel {
        let opened: ForwardedPort = try await request { loop, answer in
            let number = loop.nextRemoteListener()
            let listener = RemoteListenerActivity(limit: timeout) { result in
                answer(result.map { ForwardedPort(port: $0, number: number) })
            } connected: {
                connected($0)
            }
            loop.add(listener, number: number)
        }
        return Tunnel(port: opened.port, over: sessions) { [mailbox] in
            mailbox.post { delivery in
                if case .loop(let loop) = delivery { loop.closeRemoteListener(opened.number) }
            }
        }
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
