import Fleet

/// Runs scripts in a guest as root, and says what went wrong in the same words for every kind of role.
struct GuestScriptRunner: Sendable {
    /// The domain's name.
    let name: String
    let channel: GuestChannel

    init(name: String, channel: GuestChannel) {
        self.name = name
        self.channel = channel
    }

    init(_ guest: RoleGuest) {
        self.init(name: guest.name, channel: guest.channel)
    }

    /// Runs a script and waits for it, however it ends.
    ///
    /// - Throws: where the guest does not run commands.
    func attempt(_ script: Script, input: [UInt8] = [], timeout: Duration) async throws -> GuestAgent.Outcome {
        guard let outcome = try await channel.run(script, input: input, timeout: timeout) else { throw Self.refused }
        return outcome
    }

    /// Runs a script that has to succeed, and gives what it printed.
    ///
    /// - Throws: with what it said, in one line.
    @discardableResult
    func succeed(
        _ purpose: String, _ script: Script, input: [UInt8] = [], timeout: Duration = .seconds(120)
    ) async throws -> String {
        let outcome = try await attempt(script, input: input, timeout: timeout)
        guard outcome.exitCode == 0 else { throw StepProblem("\(purpose) in \(name): \(outcome.words)") }
        return outcome.output
    }

    /// The last lines that a script said before it failed, without what could move a reader's cursor.
    static func lastLines(of outcome: GuestAgent.Outcome) -> [String] {
        let lines = PlainText.lines(PlainText.withoutSequences(outcome.complaint)).suffix(20).map {
            String($0.prefix(500))
        }
        return lines.isEmpty ? ["it exited with status \(outcome.exitCode) and printed nothing"] : lines
    }

    /// Why nothing can be told to a guest whose agent stopped running commands in the middle.
    static var refused: StepProblem {
        StepProblem(
            "its guest agent does not run commands",
            remedy: "Allow guest-exec and guest-exec-status in the guest's qemu-ga.conf.")
    }
}
