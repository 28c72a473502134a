import CLibssh
import Glibc

/// Authenticates: the named keys first, then the agent's, then the default ones; no password is ever asked for.
struct Authentication {
    let settings: HostSettings
    let handshake: Handshake

    private static let what = "authentication"

    /// Returns when the server has accepted us; otherwise throws with all that was tried.
    func run(on session: borrowing SessionHandle) throws(ConnectFailure) {
        var tried = Tried()
        var identities = settings.identities[...]
        // A key that is named is mostly the right one: to ask first what the server offers would cost a round trip.
        if let first = identities.popFirst(), try tryFile(first, isNamed: true, on: session, &tried) { return }
        var methods = ssh_userauth_list(session.raw, nil)
        if methods == 0 {
            // Nothing was sent yet: there is no key, or libssh does not know yet which kinds the server takes. Asking for
            // nothing tells what the server offers, and some servers let us in.
            if try none(session) { return }
            try checkLink(session, tried)
            methods = ssh_userauth_list(session.raw, nil)
            tried = Tried()
            identities = settings.identities[...]
        }
        if methods & CInt(SSH_AUTH_METHOD_PUBLICKEY) != 0 {
            for path in identities {
                if try tryFile(path, isNamed: true, on: session, &tried) { return }
            }
            if mayAskAgent(tried), try tryAgent(on: session, &tried) { return }
            if settings.identities.isEmpty {
                for path in settings.defaultIdentities {
                    if try tryFile(path, isNamed: false, on: session, &tried) { return }
                }
            }
        }
        if methods & CInt(SSH_AUTH_METHOD_PUBLICKEY) == 0 { tried.obstacle = .noKeysTaken }
        throw failure(Self.names(tried.wasAccepted ? ssh_userauth_list(session.raw, nil) : methods), tried)
    }

    /// Whether the server lets us in for nothing; it counts that as a failed try.
    private func none(_ session: borrowing SessionHandle) throws(ConnectFailure) -> Bool {
        try repeated(session, { ssh_userauth_none($0, nil) }) == SSH_AUTH_SUCCESS.rawValue
    }

    /// What was tried, for the error at the end.
    private struct Tried {
        var names: [String] = []
        /// Whether a key could not be read here, which an agent may have.
        var hasUnreadable = false
        /// Whether the server took a key and wants more.
        var wasAccepted = false
        var obstacle: SSHError.Obstacle?
    }

    private func failure(_ methods: [String], _ tried: Tried) -> ConnectFailure {
        ConnectFailure(
            .authenticationFailed(
                methods: methods, tried: tried.names, obstacle: tried.wasAccepted ? .moreIsAsked : tried.obstacle))
    }

    private func tryFile(
        _ path: String, isNamed: Bool, on session: borrowing SessionHandle, _ tried: inout Tried
    ) throws(ConnectFailure) -> Bool {
        let key: ssh_key
        switch PrivateKeyFile.read(path) {
        case .success(let found): key = found
        case .failure(let failure):
            note(failure.fault, path, isNamed: isNamed, &tried)
            return false
        }
        defer { ssh_key_free(key) }
        if addCertificate(to: key, of: path) {
            let code = try repeated(session) { ssh_userauth_publickey($0, nil, key) }
            return try judge(code, "\(path) with its certificate", session, &tried)
        }
        let code = try repeated(session) { ssh_userauth_publickey($0, nil, key) }
        return try judge(code, path, session, &tried)
    }

    private func note(_ fault: PrivateKeyFile.Fault, _ path: String, isNamed: Bool, _ tried: inout Tried) {
        let words: String
        switch fault {
        case .missing:
            guard isNamed else { return }
            words = "does not exist"
        case .unreadable: words = "cannot be read"
        case .noKey: words = "is not a private key"
        case .passphrase:
            words = "has a passphrase"
            tried.obstacle = tried.obstacle ?? .passphrase(file: path)
        case .exposed(let mode):
            words = "other users may read it"
            tried.obstacle = tried.obstacle ?? .exposedKey(file: path, mode: mode)
        }
        tried.hasUnreadable = true
        tried.names.append("\(path) (\(words))")
    }

    /// With IdentitiesOnly the agent is asked only when it may hold a named key that could not be read here.
    private func mayAskAgent(_ tried: Tried) -> Bool {
        settings.usesAgent && (!settings.identitiesOnly || tried.hasUnreadable)
    }

    /// Puts the certificate that belongs to a key beside it; false when there is none.
    private func addCertificate(to key: ssh_key, of path: String) -> Bool {
        for candidate in settings.certificates + ["\(path)-cert.pub"] where access(candidate, R_OK) == 0 {
            var certificate: ssh_key?
            guard ssh_pki_import_cert_file(candidate, &certificate) == SSH_OK, let certificate else { continue }
            defer { ssh_key_free(certificate) }
            if ssh_pki_copy_cert_to_privkey(certificate, key) == SSH_OK { return true }
        }
        return false
    }

    private func tryAgent(on session: borrowing SessionHandle, _ tried: inout Tried) throws(ConnectFailure) -> Bool {
        guard settings.agentSocket != nil || getenv("SSH_AUTH_SOCK") != nil else { return false }
        let code = try repeated(session) { ssh_userauth_agent($0, nil) }
        return try judge(code, "the agent's keys", session, &tried)
    }

    private func judge(
        _ code: CInt, _ name: String, _ session: borrowing SessionHandle, _ tried: inout Tried
    ) throws(ConnectFailure) -> Bool {
        if code == SSH_AUTH_SUCCESS.rawValue { return true }
        let isAccepted = code == SSH_AUTH_PARTIAL.rawValue
        if isAccepted { tried.wasAccepted = true }
        tried.names.append(isAccepted ? "\(name) (accepted, but not sufficient)" : name)
        try checkLink(session, tried)
        return false
    }

    /// Servers hang up after too many keys.
    private func checkLink(_ session: borrowing SessionHandle, _ tried: Tried) throws(ConnectFailure) {
        guard !session.isConnected else { return }
        var tried = tried
        tried.names.append("then the server closed the connection")
        throw failure([], tried)
    }

    /// Calls until the server has answered, or hung up.
    private func repeated(_ session: borrowing SessionHandle, _ call: (ssh_session) -> CInt) throws(ConnectFailure)
        -> CInt
    {
        while true {
            let code = call(session.raw)
            guard code == SSH_AUTH_AGAIN.rawValue else { return code }
            // libssh goes on asking for patience where the server has hung up.
            guard session.isConnected else { return SSH_AUTH_ERROR.rawValue }
            try handshake.pause(session, Self.what)
        }
    }

    private static func names(_ methods: CInt) -> [String] {
        let known = [
            (SSH_AUTH_METHOD_PUBLICKEY, "publickey"), (SSH_AUTH_METHOD_PASSWORD, "password"),
            (SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"), (SSH_AUTH_METHOD_HOSTBASED, "hostbased"),
            (SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic"),
        ]
        return known.filter { methods & CInt($0.0) != 0 }.map(\.1)
    }
}
