/// What a secret should hold, as far as its text shows without being understood.
package enum SecretContent: Sendable, Hashable {
    case anything, certificate, privateKey, deployKey

    /// Why a text is not what is expected, and what to do; nil where it may be.
    ///
    /// It never holds any of the text.
    package func problem(with text: String) -> (reason: String, remedy: String)? {
        let isPrivate = text.contains("PRIVATE KEY-----")
        let isEncrypted = text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")
        let isCertificate = text.contains("-----BEGIN CERTIFICATE-----")
        switch self {
        case .anything:
            return nil
        case .certificate:
            if isCertificate { return nil }
            let remedy = isPrivate ? "name the certificate: this is its key" : "expected -----BEGIN CERTIFICATE-----"
            return ("holds no certificate in PEM", remedy)
        case .privateKey:
            if isEncrypted {
                return (
                    "is a key with a passphrase, which a web server cannot ask for",
                    "remove the passphrase with openssl pkey -in FILE -out FILE.plain"
                )
            }
            if isPrivate { return nil }
            let remedy =
                isCertificate ? "name the key: this is its certificate" : "expected -----BEGIN PRIVATE KEY-----"
            return ("holds no private key in PEM", remedy)
        case .deployKey:
            if isEncrypted { return ("is a key with a passphrase, which git cannot ask for", "make a key without one") }
            if isPrivate { return nil }
            if text.hasPrefix("PuTTY-User-Key-File-") {
                return ("is a PuTTY file", "convert it for OpenSSH with puttygen FILE -O private-openssh -o FILE.key")
            }
            return ("holds no private key", "name the private key: the file without .pub")
        }
    }
}
