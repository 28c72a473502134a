import CLibssh
import Glibc

/// Decides whether the server's key is the expected one: by the pin where there is one, otherwise by known_hosts.
struct HostKeyCheck {
    let settings: HostSettings

    /// Throws unless the key is the expected one; there is no way around this check.
    func run(on session: borrowing SessionHandle, _ known: borrowing KnownHosts) throws(ConnectFailure) {
        guard let key = Self.key(of: session) else {
            throw ConnectFailure(.protocolFailure("the server sent no host key: \(session.lastError)"))
        }
        if let pin = settings.hostKeyPin {
            guard key.matches(pin: pin) else { throw ConnectFailure(.hostKeyPinMismatch(key, pin: pin)) }
            return
        }
        let (files, host, port) = (settings.knownHosts, settings.keyName, settings.port)
        switch known.answer(on: session) {
        case .known: return
        case .revoked: throw ConnectFailure(.hostKeyRevoked(key))
        case .changed: throw ConnectFailure(.hostKeyChanged(key, files: files, host: host, port: port))
        case .authority: throw ConnectFailure(.hostCertificateWanted(key, files: files, host: host, port: port))
        case .unknown: throw ConnectFailure(.unknownHostKey(key, files: files, host: host, port: port))
        }
    }

    private static func key(of session: borrowing SessionHandle) -> HostKey? {
        var key: ssh_key?
        guard ssh_get_server_publickey(session.raw, &key) == SSH_OK, let key else { return nil }
        defer { ssh_key_free(key) }
        var hash: UnsafeMutablePointer<UInt8>?
        var count = 0
        guard ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &count) == SSH_OK else { return nil }
        defer { ssh_clean_pubkey_hash(&hash) }
        guard let text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, count) else { return nil }
        defer { ssh_string_free_char(text) }
        let isCurve =
            ssh_key_type(key).rawValue >= SSH_KEYTYPE_ECDSA_P256.rawValue
            && ssh_key_type(key).rawValue <= SSH_KEYTYPE_ECDSA_P521.rawValue
        let name = isCurve ? ssh_pki_key_ecdsa_name(key) : ssh_key_type_to_char(ssh_key_type(key))
        return HostKey(algorithm: name.map { String(cString: $0) } ?? "key", fingerprint: String(cString: text))
    }
}
