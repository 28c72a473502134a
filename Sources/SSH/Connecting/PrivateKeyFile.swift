import CLibssh
import Glibc

/// A private key's file as OpenSSH would take it.
enum PrivateKeyFile {
    /// Why a key cannot be used.
    enum Fault: Equatable {
        case missing, unreadable, noKey
        case passphrase
        /// Others may read it; its mode in octal.
        case exposed(mode: String)
    }

    /// The key, which the caller frees, or why there is none; a passphrase is never asked for.
    static func read(_ path: String) -> Result<ssh_key, Failure> {
        var status = stat()
        guard stat(path, &status) == 0 else { return .failure(Failure(errno == ENOENT ? .missing : .unreadable)) }
        guard access(path, R_OK) == 0 else { return .failure(Failure(.unreadable)) }
        // As OpenSSH does: others' files are their owners' business.
        guard status.st_uid != getuid() || status.st_mode & 0o077 == 0 else {
            return .failure(Failure(.exposed(mode: "0" + String(status.st_mode & 0o777, radix: 8))))
        }
        var wasAsked = false
        var key: ssh_key?
        let code = withUnsafeMutablePointer(to: &wasAsked) {
            ssh_pki_import_privkey_file(path, nil, passphraseWasAsked, $0, &key)
        }
        if code == SSH_OK, let key { return .success(key) }
        return .failure(Failure(wasAsked ? .passphrase : .noKey))
    }

    struct Failure: Error {
        let fault: Fault

        init(_ fault: Fault) { self.fault = fault }
    }
}

/// Notes that the key needs a passphrase, and gives none.
private func passphraseWasAsked(
    _ prompt: UnsafePointer<CChar>?, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ echo: CInt, _ verify: CInt,
    _ context: UnsafeMutableRawPointer?
) -> CInt {
    context?.assumingMemoryBound(to: Bool.self).pointee = true
    return -1
}
