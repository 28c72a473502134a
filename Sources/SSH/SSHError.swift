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
        /// The server did not let us in: what it offers, what was tried, and what stands in the way where that is known.
        case authenticationFailed(methods: [String], tried: [String], obstacle: Obstacle? = nil)
        /// The server's key is in no known_hosts file.
        case unknownHostKey(HostKey, files: [String], host: String, port: Int)
        /// known_hosts has another key for this server.
        case hostKeyChanged(HostKey, files: [String], host: String, port: Int)
        /// The server's key is in no known_hosts file; certificates of an authority would be believed, which cannot be done.
        case hostCertificateWanted(HostKey, files: [String], host: String, port: Int)
        /// known_hosts says that this key is not to be trusted any more.
        case hostKeyRevoked(HostKey)
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
        /// The server has no room for another command beside those that run.
        case sessionsExhausted(String)
        /// A host on the way could not be reached or passed.
        indirect case jumpFailed(SSHError)
        /// The command did not end in time.
        case commandTimeout(String, Duration)
        /// The command wrote more than the caller allows.
        case outputTooLarge(String, limit: Int)
        /// The node had no room to keep what the command wrote until it was sent.
        case noSpaceForOutput(String)
        /// The shell that was to run commands ended before it was ready: how, and what it said.
        case shellEnded(CommandResult.Ending, String)
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

    /// What keeps us out although we can speak to the server.
    package enum Obstacle: Sendable, Equatable {
        /// A key's file has a passphrase.
        case passphrase(file: String)
        /// Others may read a key's file; its mode in octal.
        case exposedKey(file: String, mode: String)
        /// A key was accepted, and a password or another factor is asked for.
        case moreIsAsked
        /// The server takes no keys at all.
        case noKeysTaken
    }

    package init(target: String, reason: Reason) {
        self.target = target
        self.reason = reason
    }

    /// Whether the same call on a new session may succeed without anybody repairing anything.
    package var isRetriable: Bool {
        switch reason {
        case .timeout, .refused, .noRoute, .linkLost, .socketDead, .commandTimeout: true
        case .jumpFailed(let error): error.isRetriable
        default: false
        }
    }

    /// Whether it is the fault of a command, and not of the connection.
    package var isOfCommand: Bool {
        switch reason {
        case .commandNotStarted, .commandTimeout, .commandVanished, .outputTooLarge, .noSpaceForOutput,
            .shellEnded:
            true
        default: false
        }
    }

    /// Whether the node could not be spoken to at all, so that its state is unknown.
    package var isUnreachable: Bool {
        switch reason {
        case .nameNotResolved, .timeout, .refused, .noRoute, .authenticationFailed, .unknownHostKey, .hostKeyChanged,
            .hostKeyPinMismatch, .hostCertificateWanted, .hostKeyRevoked, .protocolFailure, .linkLost,
            .destinationUnreachable, .jumpFailed:
            true
        default: false
        }
    }
}
