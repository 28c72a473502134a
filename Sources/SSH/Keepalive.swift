import Synchronization

/// A remote command that lives for as long as it is told every few seconds that we do.
///
/// The session's own thread writes the line, whatever else this program is busy with; the writes stop with the program, the
/// thread or the link, and a command that waits for them can then give up by itself, as the holder of a lock does.
/// Dropping the last reference closes the command's standard input.
package final class Keepalive: Sendable {
    /// The lines that the command writes, in order, ending when the command ends; for one reader.
    package let lines: AsyncStream<String>
    private let outcome: Outcome
    private let pulse: Pulse
    private let ticket: UInt64
    /// Kept open for as long as this value is there.
    private let session: Session

    init(lines: AsyncStream<String>, outcome: Outcome, pulse: Pulse, ticket: UInt64, session: Session) {
        self.lines = lines
        self.outcome = outcome
        self.pulse = pulse
        self.ticket = ticket
        self.session = session
    }

    deinit { endInput() }

    /// Whether the command was told in time, up to now, that we live; false once it was not.
    package var isAlive: Bool { pulse.isAlive() }

    /// Closes the command's standard input and waits for its end.
    package func release() async throws(SSHError) -> CommandResult {
        endInput()
        return try await ended()
    }

    /// Waits for the command's end, however it comes: by itself, by a signal, or with `linkLost`.
    package func ended() async throws(SSHError) -> CommandResult {
        try await outcome.value().get()
    }

    private func endInput() {
        let ticket = ticket
        session.mailbox.post { delivery in
            if case .loop(let loop) = delivery { loop.endInput(ticket) }
        }
    }

    /// The end of a command, for any number of readers before and after it comes.
    final class Outcome: Sendable {
        typealias Value = Result<CommandResult, SSHError>

        private struct State {
            var value: Value?
            var readers: [CheckedContinuation<Value, Never>] = []
        }

        private let state = Mutex(State())

        /// Sets the value, once.
        func set(_ value: Value) {
            let readers = state.withLock { state in
                if state.value == nil { state.value = value }
                defer { state.readers = [] }
                return state.readers
            }
            for reader in readers { reader.resume(returning: value) }
        }

        /// Waits for the value.
        func value() async -> Value {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state -> Value? in
                    if state.value == nil { state.readers.append(continuation) }
                    return state.value
                }
                if let known { continuation.resume(returning: known) }
            }
        }
    }
}
