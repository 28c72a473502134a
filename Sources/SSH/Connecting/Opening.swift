import Glibc

/// What a session's thread does from its first moment to its last.
struct Opening {
    let settings: HostSettings
    let options: ConnectOptions
    let mailbox: Mailbox
    /// A connected socket to use instead of dialing.
    let tunnel: CInt?

    /// Starts the thread; `answer` is called once, with nil as soon as the session is authenticated.
    func start(_ answer: @escaping @Sendable (SSHError?) -> Void) {
        let failure = BackgroundThread.start { run(answer) }
        if let failure {
            if let tunnel { close(tunnel) }
            end(SSHError(target: settings.target, reason: .local(failure.call, failure.number)), answer)
        }
    }

    private func run(_ answer: @escaping @Sendable (SSHError?) -> Void) {
        do throws(ConnectFailure) {
            for farewell in try serve(answer) { farewell() }
        } catch {
            end(SSHError(target: settings.target, reason: error.reason), answer)
        }
    }

    /// Connects and runs the loop; on its return the connection is closed and everything freed.
    private func serve(_ answer: (SSHError?) -> Void) throws(ConnectFailure) -> [() -> Void] {
        let waiting = Waiting(limit: options.timeout, mailbox: mailbox)
        let link = try Handshake(settings: settings, waiting: waiting).run(over: try socket(waiting))
        let loop = SessionLoop(link: link, mailbox: mailbox, target: settings.target, options: options)
        answer(nil)
        return loop.run()
    }

    /// The socket to talk over, nil when a proxy command gives one.
    private func socket(_ waiting: Waiting) throws(ConnectFailure) -> Descriptor? {
        if let tunnel { return Descriptor(tunnel) }
        if settings.proxyCommand != nil { return nil }
        return try Dialer.dial(
            settings.host, port: settings.port, family: settings.family, from: settings.sourceAddress, waiting: waiting)
    }

    private func end(_ error: SSHError, _ answer: (SSHError?) -> Void) {
        mailbox.end(with: error)
        answer(error)
    }
}
