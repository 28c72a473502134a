import Libvirt
import Reconciler
import SSH

extension StepError {
    /// What a step's own work threw, with what was being done in front of it.
    init(_ summary: String, _ error: any Error) {
        switch error {
        case let error as StepError: self = error
        case let error as StepProblem:
            self.init(summary, causes: [error.reason], remedy: error.remedy)
        case let error as SSHError:
            self.init(
                summary, causes: [error.description, error.cause].compactMap { $0 }.map { PlainText.line($0) },
                remedy: error.remedy, isNodeLost: error.isUnreachable || error.reason == .closed)
        case let error as LibvirtError:
            self.init(
                summary, causes: [PlainText.line(error.description)], remedy: error.remedy,
                isNodeLost: error.isConnectionLost)
        case let error as CommandFailure:
            self.init(summary, causes: [error.description])
        case let error as NodeUnreachable:
            self.init(summary, causes: [error.reason.summary], remedy: error.reason.remedy, isNodeLost: true)
        case let error as SeedError:
            self.init(summary, causes: [error.description, error.cause].compactMap { $0 }, remedy: error.remedy)
        case is CancellationError:
            self.init(summary, causes: ["it was interrupted"], remedy: "Run the command again: it continues from here.")
        default:
            self.init(summary, causes: [PlainText.line(String(describing: error))])
        }
    }
}

extension LibvirtError {
    /// What a person can do about it, where that is more than the message says.
    fileprivate var remedy: String? {
        if isConnectionLost {
            return "Check that the node is up and its libvirt daemon runs, then run the command again."
        }
        switch code {
        case .accessDenied, .operationDenied, .authenticationFailed:
            return "Log in as root, or let the node's user use libvirt."
        case .resourceBusy, .operationTimeout:
            return
                "Check what the node is busy with (virsh domjobinfo, journalctl -u libvirtd), then run the command again."
        default: break
        }
        // Its own chains, which it makes when it starts.
        guard message.contains("LIBVIRT_"), message.contains("No chain/target/match by that name") else { return nil }
        return "Somebody removed libvirt's own rules from the node's packet filter (nft flush ruleset, for example). "
            + "Restart the daemon that made them (systemctl restart virtnetworkd, or libvirtd), then apply again."
    }
}
