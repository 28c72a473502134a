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
    /// About how long a round trip to the node takes, as it was when the session was opened; the node's own work is in it.
    package let roundTrip: Duration
    /// The session that this one runs through, kept open for as long as this one lives.
    private let jump: Session?
    let mailbox: Mailbox
    /// Where commands go that the server has no room for beside those that run here; nil where there are enough sessions.
    let spare: SpareSession?

    private init(target: String, roundTrip: Duration, mailbox: Mailbox, jump: Session?, spare: SpareSession?) {
        self.target = target
        self.roundTrip = roundTrip
        self.mailbox = mailbox
        self.jump = jump
        self.spare = spare
    }

    deinit { mailbox.requestEnd() }

    /// Opens a session: connects, checks the host key, authenticates.
    ///
    /// - Parameter jump: the session through which to go, instead of the endpoint's or ssh_config's jump hosts; several nodes
    ///   behind one bastion can share it.
    /// - Throws: an error whose reason says at which of these it failed; all of it shares `options.timeout`.
    package static func connect(
        _ endpoint: Endpoint, options: ConnectOptions = ConnectOptions(), through jump: Session? = nil
    ) async throws(SSHError) -> Session {
        let settings: HostSettings
        do throws(ConnectFailure) {
            settings = try HostSettings.resolve(endpoint, options)
        } catch { throw SSHError(target: endpoint.host, reason: error.reason) }
        let jump = try await reach(settings, endpoint, options, through: jump)
        do throws(SSHError) {
            return try await attempt(settings, options, jump)
        } catch {
            guard case .hostKeyPinMismatch(let seen, _) = error.reason else { throw error }
            // The pin may be of another of the server's keys than the one it shows first.
            for algorithms in HostSettings.hostKeyKinds where !algorithms.contains(seen.algorithm) {
                var other = settings
                other.hostKeyAlgorithms = algorithms.joined(separator: ",")
                if let session = try? await attempt(other, options, jump) { return session }
            }
            throw error
        }
    }

    /// One try with settings that are complete.
    ///
    /// - Parameter number: how many sessions before this one had no room.
    private static func attempt(
        _ settings: HostSettings, _ options: ConnectOptions, _ jump: Session?, number: Int = 0
    ) async throws(SSHError) -> Session {
        let mailbox: Mailbox
        do throws(SystemFailure) { mailbox = try Mailbox() } catch {
            throw SSHError(target: settings.target, reason: .local(error.call, error.number))
        }
        var tunnel: CInt?
        if let jump {
            do throws(SSHError) {
                tunnel = try await jump.openTCP(host: settings.host, port: settings.port, timeout: options.timeout)
            } catch {
                // What the jump host cannot reach is the node's affair, or the way's between them.
                if case .destinationUnreachable = error.reason { throw error }
                throw SSHError(target: settings.target, reason: .jumpFailed(error))
            }
        }
        let opening = Opening(settings: settings, options: options, mailbox: mailbox, tunnel: tunnel)
        let opened: Result<Duration, SSHError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                opening.start { continuation.resume(returning: $0) }
            }
        } onCancel: {
            mailbox.requestEnd()
        }
        let roundTrip = try opened.get()
        let spare =
            number < SpareSession.limit
            ? SpareSession(target: settings.target) { () async throws(SSHError) in
                try await attempt(settings, options, jump, number: number + 1)
            } : nil
        return Session(target: settings.target, roundTrip: roundTrip, mailbox: mailbox, jump: jump, spare: spare)
    }

    /// The session to go through: the given one, or the last of the hops that the settings name.
    private static func reach(
        _ settings: HostSettings, _ endpoint: Endpoint, _ options: ConnectOptions, through jump: Session?
    ) async throws(SSHError) -> Session? {
        if let jump { return jump }
        var last: Session?
        for hop in settings.jumps {
            guard let next = Endpoint(hop: hop, identities: endpoint.identities) else {
                throw SSHError(
                    target: settings.target,
                    reason: .unusable("\(hop) is not a jump host", remedy: "Write it as user@host:port."))
            }
            do throws(SSHError) {
                last = try await connect(next, options: options, through: last)
            } catch { throw SSHError(target: settings.target, reason: .jumpFailed(error)) }
        }
        return last
    }

    /// Ends the session and returns when its thread has let go of everything.
    package func close() async {
        // Beside it: what runs here does not go on while another session is still being opened.
        async let spareEnd: Void? = spare?.close()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            mailbox.post { delivery in
                switch delivery {
                case .loop(let loop): loop.whenFinished { continuation.resume() }
                case .ended: continuation.resume()
                }
            }
            mailbox.requestEnd()
        }
        _ = await spareEnd
    }

    /// How often the session's loop has gone round, which tells a sleeping one from a busy one.
    package func turns() async throws(SSHError) -> Int {
        try await request { loop, answer in answer(.success(loop.turns)) }
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
