/// The public key a server showed, as people compare it.
package struct HostKey: Sendable, Equatable, CustomStringConvertible {
    /// The algorithm, as in `ssh-ed25519`.
    package let algorithm: String
    /// `SHA256:` and the digest in base64 without padding, as `ssh-keygen -lf` prints it.
    package let fingerprint: String

    package init(algorithm: String, fingerprint: String) {
        self.algorithm = algorithm
        self.fingerprint = fingerprint
    }

    package var description: String { "\(algorithm) \(fingerprint)" }

    /// Whether a pin from a spec means this key; the prefix and base64 padding may be absent from it.
    package func matches(pin: String) -> Bool {
        func bare(_ text: String) -> Substring {
            var rest = text[...]
            if rest.hasPrefix("SHA256:") { rest = rest.dropFirst(7) }
            while rest.hasSuffix("=") { rest = rest.dropLast() }
            return rest
        }
        return !bare(pin).isEmpty && bare(pin) == bare(fingerprint)
    }
}
