import Processes
import Subprocess

/// One program run on this machine, with its arguments as a list and no shell between.
struct HostCommand: Sendable {
    private let arguments: [String]

    /// The program's name, looked for in `HostTool.searchPath`, and its arguments.
    init(_ arguments: String...) {
        self.arguments = arguments
    }

    init(_ arguments: [String]) {
        self.arguments = arguments
    }

    /// Runs the program to its end and returns what it printed.
    ///
    /// It has no input. `attempt` names for the error what it was run for.
    @discardableResult
    func run(to attempt: String) async throws(LabError) -> String {
        let (succeeded, output, complaint) = try await result(to: attempt)
        guard succeeded else {
            let words = complaint.isEmpty ? "\(arguments.first ?? "") failed without a message" : complaint
            throw LabError(attempt, reason: words)
        }
        return output
    }

    /// Runs the program and tells whether it succeeded, whatever it said.
    func succeeds() async -> Bool {
        (try? await result(to: "").succeeded) ?? false
    }

    /// Runs the program and returns what it printed, or nil when it failed.
    func output() async -> String? {
        guard let result = try? await result(to: ""), result.succeeded else { return nil }
        return result.output
    }

    /// Runs a program that leaves another one behind in the background.
    ///
    /// Its output goes nowhere: a pipe would stay open, and be waited for, as long as the one left behind lives.
    func launch(to attempt: String) async throws(LabError) {
        do {
            let result = try await LocalProgram.start(
                arguments.first ?? "", Array(arguments.dropFirst()),
                environment: .inherit.updating(["PATH": HostTool.searchPath]), input: .none, output: .discarded,
                error: .discarded
            ) { _ in }
            guard !result.terminationStatus.isSuccess else { return }
            throw LabError(attempt, reason: "\(arguments.first ?? "") failed")
        } catch let error as LabError {
            throw error
        } catch is CancellationError {
            throw LabError(attempt, reason: "interrupted")
        } catch {
            throw LabError(attempt, reason: "\(error)")
        }
    }

    private func result(to attempt: String) async throws(LabError) -> (
        succeeded: Bool, output: String, complaint: String
    ) {
        do {
            let result = try await LocalProgram.run(
                arguments.first ?? "", Array(arguments.dropFirst()),
                environment: .inherit.updating(["PATH": HostTool.searchPath, "LC_ALL": "C.UTF-8"]),
                outputLimit: 4 << 20, errorLimit: 1 << 20)
            return (
                result.succeeded, String(decoding: result.standardOutput, as: UTF8.self),
                trimmed(String(decoding: result.standardError, as: UTF8.self))
            )
        } catch is CancellationError {
            throw LabError(attempt, reason: "interrupted")
        } catch {
            throw LabError(attempt, reason: "\(error)")
        }
    }
}

/// A text without white space at its ends.
func trimmed(_ text: String) -> String {
    guard let first = text.firstIndex(where: { !$0.isWhitespace }),
        let last = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[first...last])
}
