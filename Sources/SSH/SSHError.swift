/// Why something over ssh failed, against which node, and what to do about it.
///
/// `description` is one line without the cause, `cause` is what the system or the library said, `remedy` is a sentence for
/// the person who has to repair it.
package struct SSHError: Error, Equatable, CustomStringConvertible {
    /// The node as the user wrote it, with user and port once known.
    package let target: String
    package let reason: Reason

    /// The kinds of failure that callers tell apart.
    package enum Reason: Sendable, Equatable {
        /// The name has no address; the resolver's words.
        case nameNotResolved(String)
        /// Nothing within the time limit; what was being waited for.
        case timeout(Duration, waitingFor: String)
        /// Nothing listens on the port.
        case refused
        /// No way leads to the address; the system's words.
        case noRoute(String)
        /// The server accepted none of our keys: what it offers, and what was tried.
        case authenticationFailed(methods: [String], tried: [String])
        /// The server's key is in no known_hosts file.
        case unknownHostKey(HostKey, files: [String], host: String, port: Int)
        /// known_hosts has another key for this server.
        case hostKeyChanged(HostKey, files: [String], host: String, port: Int)
        /// The server's key is not the pinned one.
        case hostKeyPinMismatch(HostKey, pin: String)
        /// The two sides could not agree, or the other end does not speak ssh.
        case protocolFailure(String)
        /// The established link ended or went silent.
        case linkLost(String)
        /// The server does not allow this forwarding.
        case forwardingForbidden(String)
        /// The socket to forward to does not exist on the node.
        case socketMissing(String)
        /// The socket exists and this user may not connect to it.
        case socketPermissionDenied(String)
        /// The socket exists and nobody accepts connections on it.
        case socketDead(String)
        /// The jump host or the node could not reach the destination.
        case destinationUnreachable(String, why: String)
        /// The server did not start the command.
        case commandNotStarted(String, why: String)
        /// The command did not end in time.
        case commandTimeout(String, Duration)
        /// The command wrote more than the caller allows.
        case outputTooLarge(String, limit: Int)
        /// The command's ending was never told.
        case commandVanished(String)
        /// Something in ssh_config, an identity or an argument that cannot be used.
        case unusable(String, remedy: String)
        /// A local system call failed: which, and its errno.
        case local(String, Int32)
        /// The session was closed by this side.
        case closed
        /// The calling task was cancelled.
        case cancelled
    }

    package init(target: String, reason: Reason) {
        self.target = target
        self.reason = reason
    }

    /// Whether the same call on a new session may succeed without anybody repairing anything.
    package var isRetriable: Bool {
        switch reason {
        case .timeout, .refused, .noRoute, .linkLost, .socketDead, .commandTimeout: true
        default: false
        }
    }

    /// Whether the node could not be spoken to at all, so that its state is unknown.
    package var isUnreachable: Bool {
        switch reason {
        case .nameNotResolved, .timeout, .refused, .noRoute, .authenticationFailed, .unknownHostKey, .hostKeyChanged,
            .hostKeyPinMismatch, .protocolFailure, .linkLost, .destinationUnreachable:
            true
        default: false
        }
    }
}
