/// The text of a file of public keys, as `authorized_keys` or `id_ed25519.pub` have it.
package enum PublicKeyFile {
    /// Why a file has no keys to give, with what to do; what the file holds is not in it.
    package struct Problem: Error, Sendable, Hashable {
        package let reason: String
    }

    /// The keys in a file, a line each; comments and empty lines are left out.
    ///
    /// - Parameter path: the file's name, for the remedy.
    package static func keys(in text: String, of path: String) throws(Problem) -> [String] {
        if let reason = otherFormat(text, path: path) { throw Problem(reason: reason) }
        var keys: [String] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            let line = line.trimmingBlanks
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            guard let key = PublicKey(line) else {
                throw Problem(
                    reason:
                        "line \(number + 1) is not a public key: expected a line such as ssh-ed25519 AAAA… name, as "
                        + "ssh-keygen writes it into a .pub file")
            }
            keys.append(key.line)
        }
        guard !keys.isEmpty else { throw Problem(reason: "it contains no key") }
        return keys
    }

    /// What a file is that other programs keep keys in.
    private static func otherFormat(_ text: String, path: String) -> String? {
        if text.contains("PRIVATE KEY-----") { return "it is a private key; name the public one, \(path).pub" }
        if text.hasPrefix("PuTTY-User-Key-File-") {
            return "it is a PuTTY file with the private key; export the public key with "
                + "puttygen \(path) -O public-openssh -o \(path).pub and name that"
        }
        if text.contains("BEGIN SSH2 PUBLIC KEY") {
            return "it is a key in SSH2 format; convert it to OpenSSH's with ssh-keygen -i -f \(path) and name that"
        }
        if text.contains("BEGIN PUBLIC KEY") || text.contains("BEGIN RSA PUBLIC KEY") {
            let format = text.contains("BEGIN RSA") ? "PEM" : "PKCS8"
            return
                "it is a key in PEM format; convert it to OpenSSH's with ssh-keygen -i -m \(format) -f \(path) and name that"
        }
        return text.contains("-cert-v01@openssh.com") ? "it holds a certificate; name the key itself" : nil
    }
}

extension StringProtocol {
    /// Without blanks and line breaks at both ends.
    var trimmingBlanks: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
