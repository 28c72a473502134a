import Formats
import Glibc

extension Session {
    /// Makes a socket of the node reachable through a local unix socket, which only this user can open.
    ///
    /// Every connection to it becomes a channel of its own. It ends with `close()`, with the last reference to the result, or
    /// with the session.
    /// - Parameter isTried: whether a first connection is made, which takes a round trip.
    /// - Throws: where it is tried, `socketMissing`, `socketPermissionDenied`, `socketDead` or `forwardingForbidden` when that
    ///   does not succeed.
    package func forward(
        _ remoteSocket: String, isTried: Bool = true, timeout: Duration = .seconds(10)
    ) async throws(SSHError) -> Forwarding {
        guard ShellQuoting.isPossible(remoteSocket) else {
            throw SSHError(target: target, reason: .unusable("a socket path contains a NUL", remedy: "Remove it."))
        }
        if isTried { try await check(remoteSocket, timeout) }
        return try await listen(for: .unixSocket(remoteSocket))
    }

    /// Makes a TCP port that the node reaches reachable through a local unix socket, which only this user can open.
    ///
    /// It is as with a socket of the node, and nothing is tried.
    package func forward(host: String, port: Int) async throws(SSHError) -> Forwarding {
        try await listen(for: .tcp(host: host, port: port))
    }

    private func listen(for destination: Channel.Destination) async throws(SSHError) -> Forwarding {
        let path: ForwardedPath = try await request { loop, answer in
            do throws(SystemFailure) {
                let socket = try ListeningSocket()
                let path = socket.path
                let number = loop.add(ListenerActivity(socket, to: destination))
                answer(.success(ForwardedPath(path: path, number: number)))
            } catch {
                answer(.failure(loop.error(.local(error.call, error.number))))
            }
        }
        return Forwarding(path: path, session: self)
    }

    /// Makes a first connection, and finds out why none can be made.
    private func check(_ remoteSocket: String, _ timeout: Duration) async throws(SSHError) {
        do throws(SSHError) {
            let probe = try await openChannel(.unixSocket(remoteSocket), timeout: timeout)
            Glibc.close(probe)
        } catch {
            guard case .destinationUnreachable = error.reason else { throw error }
            throw SSHError(target: target, reason: await diagnosis(of: remoteSocket) ?? error.reason)
        }
    }

    /// Opens a TCP connection from the node, as `ssh -W` does, and returns this end of it: a connected, non-blocking socket.
    ///
    /// The caller closes it. It reaches its end when the far side, the session or the link ends.
    package func openTCP(host: String, port: Int, timeout: Duration = .seconds(10)) async throws(SSHError) -> Int32 {
        try await openChannel(.tcp(host: host, port: port), timeout: timeout)
    }

    /// Where a forwarding listens, and under which number the loop has it.
    struct ForwardedPath: Sendable {
        let path: String
        let number: Int
    }

    private func openChannel(_ destination: Channel.Destination, timeout: Duration) async throws(SSHError) -> CInt {
        try await request { loop, answer in
            do throws(SystemFailure) {
                let (near, far) = try Descriptor.socketPair()
                do throws(SystemFailure) {
                    let deadline = Interest.Clock.now.advanced(by: timeout)
                    let activity = try SocketActivity(
                        Descriptor(far), to: destination, on: loop.link, limit: (timeout, deadline)
                    ) { reason in
                        if let reason {
                            Glibc.close(near)
                            answer(.failure(loop.error(reason)))
                        } else {
                            answer(.success(near))
                        }
                    }
                    loop.add(activity)
                } catch {
                    Glibc.close(near)
                    throw error
                }
            } catch {
                answer(.failure(loop.error(.local(error.call, error.number))))
            }
        }
    }

    /// Looks on the node for what OpenSSH does not tell: it answers "open failed" whatever is the matter with a socket.
    private func diagnosis(of socket: String) async -> SSHError.Reason? {
        do throws(SSHError) {
            let answer = try await runScript(
                ForwardingScripts.diagnoseSocket, arguments: [socket], timeout: .seconds(30)
            ).output
            return switch answer.split(separator: "\n").last {
            case "missing": .socketMissing(socket)
            case "denied": .socketPermissionDenied(socket)
            case "dead": .socketDead(socket)
            case "listening", "unknown": .forwardingForbidden(socket)
            default: nil
            }
        } catch {
            return error.isUnreachable ? error.reason : nil
        }
    }
}
