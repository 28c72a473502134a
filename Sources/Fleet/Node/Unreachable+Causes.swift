import Libvirt
import Reconciler
import SSH
import Spec

extension Unreachable {
    /// Why a node could not be spoken to, from whatever stopped the conversation.
    init(node: Name, _ error: any Error) {
        switch error {
        case let error as NodeUnreachable: self = error.reason
        case let error as SSHError: self.init(error)
        case let error as LibvirtError: self.init(node: node, error)
        default:
            self.init(
                cause: .other, summary: PlainText.line(String(describing: error)),
                remedy: "Check the node \(node) by hand; --log FILE records every call.")
        }
    }

    private init(_ error: SSHError) {
        let words = [error.description, error.cause].compactMap { $0 }.map { PlainText.line($0) }
        self.init(cause: Cause(error.reason), summary: words.joined(separator: ": "), remedy: error.remedy)
    }

    private init(node: Name, _ error: LibvirtError) {
        let cause: Cause
        let remedy: String
        switch error.code {
        case .authenticationFailed, .accessDenied, .operationDenied:
            cause = .noPermission
            remedy = "Log in as root, or add the node's user to the group that may use libvirt, usually libvirt."
        case _ where error.isConnectionLost:
            cause = .linkLost
            remedy = "Check that the node is up and that its libvirt daemon runs (systemctl status libvirtd)."
        default:
            cause = .other
            remedy = "Check the daemon's log on the node (journalctl -u libvirtd)."
        }
        self.init(cause: cause, summary: "\(node): \(PlainText.line(error.description))", remedy: remedy)
    }
}

extension Unreachable.Cause {
    fileprivate init(_ reason: SSHError.Reason) {
        switch reason {
        case .nameNotResolved: self = .nameNotResolved
        case .timeout: self = .timeout
        case .refused: self = .refused
        case .noRoute, .destinationUnreachable: self = .noRoute
        case .authenticationFailed: self = .authentication
        case .unknownHostKey, .hostCertificateWanted: self = .unknownHostKey
        case .jumpFailed(let error): self.init(error.reason)
        case .hostKeyChanged, .hostKeyPinMismatch, .hostKeyRevoked: self = .changedHostKey
        case .linkLost: self = .linkLost
        case .forwardingForbidden: self = .forwardingForbidden
        case .socketMissing, .socketDead: self = .noDaemon
        case .socketPermissionDenied: self = .noPermission
        default: self = .other
        }
    }
}

/// A reason why a node is unknown, thrown through code that has other errors too.
struct NodeUnreachable: Error, Sendable, CustomStringConvertible {
    let reason: Unreachable

    init(_ cause: Unreachable.Cause, _ summary: String, remedy: String) {
        reason = Unreachable(cause: cause, summary: summary, remedy: remedy)
    }

    init(_ reason: Unreachable) { self.reason = reason }

    var description: String { reason.summary }
}
