import Glibc

/// One authenticated ssh connection to a node, on which any number of commands and forwarded sockets run side by side.
///
/// The libssh session lives on a thread of its own, which alone touches it; every call here hands that thread a request and
/// waits for the answer without blocking anything. When the link ends or goes silent, every pending call fails with
/// `linkLost`, forwarded local sockets are closed, and all later calls fail the same way: a session is never repaired, a new
/// one is opened. Dropping the last reference closes it.
package final class Session: Sendable {
    /// The node as messages call it: user, host, and the port where it is not 22.
    package let target: String
    /// The session that this one runs through, kept open for as long as this one lives.
    private let jump: Session?
    let mailbox: Mailbox

    private init(target: String, mailbox: Mailbox, jump: Session?) {
        self.target = target
        self.mailbox = mailbox
        self.jump = jump
    }

    deinit { mailbox.requestEnd() }

    /// Opens a session: connects, checks the host key, authenticates.
    ///
    /// - Parameter jump: the session through which to go, instead of connecting from here.
    /// - Throws: an error whose reason says at which of these it failed; all of it shares `options.timeout`.
    package static func connect(
        _ endpoint: Endpoint, options: ConnectOptions = ConnectOptions(), through jump: Session? = nil
    ) async throws(SSHError) -> Session {
        let settings: HostSettings
        let mailbox: Mailbox
        do throws(ConnectFailure) {
            settings = try HostSettings.resolve(endpoint, options)
        } catch { throw SSHError(target: endpoint.host, reason: error.reason) }
        do throws(SystemFailure) { mailbox = try Mailbox() } catch {
            throw SSHError(target: settings.target, reason: .local(error.call, error.number))
        }
        var tunnel: CInt?
        if let jump {
            tunnel = try await jump.openTCP(host: settings.host, port: settings.port, timeout: options.timeout)
        }
        let opening = Opening(
            settings: settings, options: options, mailbox: mailbox, tunnel: tunnel)
        let failure: SSHError? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                opening.start { continuation.resume(returning: $0) }
            }
        } onCancel: {
            mailbox.requestEnd()
        }
        if let failure { throw failure }
        return Session(target: settings.target, mailbox: mailbox, jump: jump)
    }

    /// Ends the session and returns when its thread has let go of everything.
    package func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            mailbox.post { delivery in
                switch delivery {
                case .loop(let loop): loop.whenFinished { continuation.resume() }
                case .ended: continuation.resume()
                }
            }
            mailbox.requestEnd()
        }
    }

    /// Hands the session's thread something to do and waits for its answer.
    func request<Value: Sendable>(
        _ body: @escaping @Sendable (SessionLoop, @escaping @Sendable (Result<Value, SSHError>) -> Void) -> Void
    ) async throws(SSHError) -> Value {
        let result: Result<Value, SSHError> = await withCheckedContinuation { continuation in
            mailbox.post { delivery in
                switch delivery {
                case .loop(let loop): body(loop) { continuation.resume(returning: $0) }
                case .ended(let error): continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
