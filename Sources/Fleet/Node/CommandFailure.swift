package import SSH

/// A command on a node that ran and did not succeed.
package struct CommandFailure: Error, Sendable, CustomStringConvertible {
    /// What the command was for, such as `writing the roster`.
    let purpose: String
    let ending: CommandResult.Ending
    /// What it said on standard error, a line each, fit for a terminal.
    let lines: [String]

    package init(_ purpose: String, _ result: CommandResult) {
        self.purpose = purpose
        ending = result.ending
        lines = Array(PlainText.lines(result.errorOutput).suffix(5))
    }

    package var description: String {
        let end =
            switch ending {
            case .exited(let status): "failed with status \(status)"
            case .signaled(let signal): "was killed by SIG\(signal)"
            }
        return (["\(purpose) \(end)"] + lines).joined(separator: ": ")
    }
}
