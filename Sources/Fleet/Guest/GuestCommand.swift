package import Reconciler
import Spec

/// A person's command, which guests run as root.
package struct GuestCommand: Sendable, Equatable {
    /// In bytes: what goes with a script in one message of a guest's agent.
    package static let longest = 16 << 10

    /// For the guest's shell; it stands in no argument and no log.
    package var text: String
    /// After which it is ended.
    package var timeout: Duration

    package init(text: String, timeout: Duration) {
        self.text = text
        self.timeout = timeout
    }

    /// How it ended in a guest.
    package enum Outcome: Sendable, Equatable {
        case ended(exitCode: Int, output: String, complaint: String)
        /// The guest could not be asked, or did not say how it ended, in words.
        case unreachable(String)
    }

    /// Exit code of what was ended since it took too long.
    package static let tookTooLong = 124
}

extension FleetRound {
    /// Runs a command in a guest and waits for it.
    package func run(_ command: GuestCommand, in place: GuestPlace) async -> GuestCommand.Outcome {
        guard let node = connectedNodes[place.node]?.context else {
            return .unreachable("\(place.node) does not answer")
        }
        do {
            return try await command.run(over: try await node.channel(into: place.uuid, at: place.addresses))
        } catch {
            return .unreachable(PlainText.line(String(describing: error)))
        }
    }
}

extension GuestCommand {
    /// Runs it over a channel to a guest.
    func run(over channel: GuestChannel) async throws -> Outcome {
        let seconds = max(1, timeout.components.seconds)
        let script = GuestCommandScripts.execute(limit: "\(seconds)")
        // The guest ends it; what it says of that needs its time.
        let patience = Duration.seconds(seconds + 20)
        guard let outcome = try await channel.run(script, input: Array(text.utf8), timeout: patience) else {
            return .unreachable("its guest agent does not run commands")
        }
        guard outcome.exitCode >= 0 else {
            let said = outcome.complaint.isEmpty ? "it did not say how the command ended" : outcome.words
            return .unreachable("\(said), and may still be at work")
        }
        return .ended(exitCode: outcome.exitCode, output: outcome.output, complaint: outcome.complaint)
    }
}
