import Blocking
import Glibc

/// What a session's thread does from its first moment to its last.
struct Opening {
    let settings: HostSettings
    let options: ConnectOptions
    let mailbox: Mailbox
    /// A connected socket to use instead of dialing.
    let tunnel: CInt?
    private let waiting: Waiting

    init(settings: HostSettings, options: ConnectOptions, mailbox: Mailbox, tunnel: CInt?) {
        self.settings = settings
        self.options = options
        self.mailbox = mailbox
        self.tunnel = tunnel
        waiting = Waiting(limit: options.timeout, mailbox: mailbox)
    }

    /// Starts the thread; `answer` is called once, as soon as the session is authenticated, with how long a round trip takes.
    func start(_ answer: @escaping @Sendable (Result<Duration, SSHError>) -> Void) {
        if let number = DedicatedThread.start({ run(answer) }) {
            if let tunnel { close(tunnel) }
            end(SSHError(target: settings.target, reason: .local("pthread_create", number)), answer)
        }
    }

    private func run(_ answer: @escaping @Sendable (Result<Duration, SSHError>) -> Void) {
        do throws(ConnectFailure) {
            for farewell in try serve(answer) { farewell() }
        } catch {
            end(SSHError(target: settings.target, reason: error.reason), answer)
        }
    }

    /// Connects and runs the loop; on its return the connection is closed and everything freed.
    private func serve(_ answer: (Result<Duration, SSHError>) -> Void) throws(ConnectFailure) -> [() -> Void] {
        if let tunnel { return try serve(over: Descriptor(tunnel), answer) }
        if let command = settings.proxyCommand {
            let ends: (here: CInt, there: CInt)
            do throws(SystemFailure) { ends = try Descriptor.socketPair() } catch { throw ConnectFailure(error) }
            let socket = Descriptor(ends.here)
            let proxy = try ProxyProcess(command, on: Descriptor(ends.there))
            defer { proxy.end() }
            return try serve(over: socket, answer)
        }
        let socket = try Dialer.dial(
            settings.host, port: settings.port, family: settings.family, from: settings.sourceAddress, waiting: waiting)
        return try serve(over: socket, answer)
    }

    private func serve(over socket: consuming Descriptor, _ answer: (Result<Duration, SSHError>) -> Void)
        throws(ConnectFailure)
        -> [() -> Void]
    {
        let (link, roundTrip) = try Handshake(settings: settings, waiting: waiting).run(over: socket)
        let loop = SessionLoop(link: link, mailbox: mailbox, target: settings.target, options: options)
        answer(.success(roundTrip))
        return loop.run()
    }

    private func end(_ error: SSHError, _ answer: (Result<Duration, SSHError>) -> Void) {
        mailbox.end(with: error)
        answer(.failure(error))
    }
}
