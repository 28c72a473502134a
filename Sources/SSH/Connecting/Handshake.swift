import CLibssh
import Glibc

/// Turns a connected socket into an authenticated link: greeting, host key, authentication, all within one deadline.
struct Handshake {
    let settings: HostSettings
    let waiting: Waiting

    /// Makes a link over a connected socket, which it takes over; tells about how long a round trip takes.
    ///
    /// Nothing is sent to a server whose key is not the expected one.
    func run(over socket: consuming Descriptor) throws(ConnectFailure) -> (Link, roundTrip: Duration) {
        let session: SessionHandle
        do throws(SystemFailure) { session = try SessionHandle() } catch { throw ConnectFailure(error) }
        let known = try KnownHosts.read(settings.hostKeyPin == nil ? settings.knownHosts : [])
        try configure(session)
        try require(known.choose(for: session), session, "the known_hosts file")
        // libssh closes the socket together with the session from here on.
        let raw = socket.release()
        guard session.set(SSH_OPTIONS_FD, raw) else {
            close(raw)
            throw ConnectFailure(.protocolFailure(session.lastError))
        }
        ssh_set_blocking(session.raw, 0)
        let start = Interest.Clock.now
        try negotiate(session)
        // The greetings and the exchange of keys: three, or two where the greeting came with the connection.
        let roundTrip = start.duration(to: Interest.Clock.now) / 3
        try HostKeyCheck(settings: settings).run(on: session, known)
        try Authentication(settings: settings, handshake: self).run(on: session)
        do throws(SystemFailure) { return (try Link(session), roundTrip) } catch { throw ConnectFailure(error) }
    }

    /// Waits until the server has something to say, or takes what waits to be sent.
    func pause(_ session: borrowing SessionHandle, _ what: String) throws(ConnectFailure) {
        let socket = ssh_get_fd(session.raw)
        // libssh makes the socket blocking once it is connected; a full one would then stop the whole thread.
        Descriptor.setNonBlocking(socket)
        let events = POLLIN | (session.hasUnsentBytes ? POLLOUT : 0)
        try waiting.wait(for: socket, events, what: what)
    }

    private func configure(_ session: borrowing SessionHandle) throws(ConnectFailure) {
        // Our own reading of ssh_config stands: libssh must not put its own beside it, nor trust unknown keys.
        try require(session.set(SSH_OPTIONS_PROCESS_CONFIG, 0), session, "ssh_config")
        try require(session.set(SSH_OPTIONS_STRICTHOSTKEYCHECK, 1), session, "StrictHostKeyChecking")
        try require(session.set(SSH_OPTIONS_HOST, settings.keyName), session, "the host name \(settings.keyName)")
        // known_hosts has an alias without a port. The socket is connected: for nothing else does the port matter.
        let port = settings.hostKeyAlias == nil ? settings.port : 22
        try require(session.set(SSH_OPTIONS_PORT_STR, String(port)), session, "port \(port)")
        try require(session.set(SSH_OPTIONS_USER, settings.user), session, "the user \(settings.user)")
        if let agent = settings.agentSocket { _ = session.set(SSH_OPTIONS_IDENTITY_AGENT, agent) }
        let ciphers = settings.ciphers ?? HostSettings.defaultCiphers
        for direction in [SSH_OPTIONS_CIPHERS_C_S, SSH_OPTIONS_CIPHERS_S_C] {
            try require(session.set(direction, ciphers), session, "Ciphers \(ciphers)")
        }
        if let macs = settings.macs {
            for direction in [SSH_OPTIONS_HMAC_C_S, SSH_OPTIONS_HMAC_S_C] {
                try require(session.set(direction, macs), session, "MACs \(macs)")
            }
        }
        try set(session, SSH_OPTIONS_KEY_EXCHANGE, settings.keyExchanges, "KexAlgorithms")
        try set(session, SSH_OPTIONS_HOSTKEYS, settings.hostKeyAlgorithms, "HostKeyAlgorithms")
        try set(session, SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, settings.publicKeyAlgorithms, "PubkeyAcceptedAlgorithms")
    }

    private func set(_ session: borrowing SessionHandle, _ option: ssh_options_e, _ value: String?, _ name: String)
        throws(ConnectFailure)
    {
        if let value { try require(session.set(option, value), session, "\(name) \(value)") }
    }

    private func require(_ isSet: Bool, _ session: borrowing SessionHandle, _ what: String) throws(ConnectFailure) {
        guard !isSet else { return }
        throw ConnectFailure(
            .unusable(
                "\(what) cannot be used: \(session.lastError)", remedy: "Correct it in the spec or in ssh_config."))
    }

    private func negotiate(_ session: borrowing SessionHandle) throws(ConnectFailure) {
        while true {
            let code = ssh_connect(session.raw)
            if code == SSH_OK { break }
            guard code == SSH_AGAIN else { throw ConnectFailure(.protocolFailure(session.lastError)) }
            let what = ssh_get_serverbanner(session.raw) == nil ? "its ssh greeting" : "the key exchange"
            try pause(session, what)
        }
        Descriptor.setNonBlocking(ssh_get_fd(session.raw))
    }
}
