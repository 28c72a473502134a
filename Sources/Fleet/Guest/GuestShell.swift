import Formats
import SSH
import Spec

/// A guest's shell over ssh from its node, as root, with the key of its seed and its host key checked.
package struct GuestShell: Sendable {
    let commands: NodeCommands
    /// Where the key is on the node.
    let folder: String
    /// Where the guest may answer, the likeliest first.
    let addresses: [IPv4Address]

    /// Why the guest cannot be told anything this way.
    struct Problem: Error, Sendable, Equatable {
        var words: String
        /// Whether it may be another matter in a moment: the guest has a key, and nobody answers yet.
        var mayPass: Bool
    }

    /// The address at which the guest lets us in; one that does not within the patience is passed over.
    func address(patience: Duration = .seconds(20)) async throws -> Result<IPv4Address, Problem> {
        var problem = Problem(words: "no address is known for ssh", mayPass: true)
        for address in addresses {
            let result = try await attempt(["true"], at: address, timeout: patience)
            switch result.status {
            case 0: return .success(address)
            case GuestShellScripts.tookTooLong:
                problem.words = "ssh to \(address): no login within \(patience.components.seconds) s"
            case GuestShellScripts.noKey:
                return .failure(
                    Problem(
                        words: "it was made without a key for ssh, which only a new instance with a role gets",
                        mayPass: false))
            case GuestShellScripts.noTool:
                return .failure(Problem(words: "its node has no ssh client", mayPass: false))
            default:
                let said = PlainText.lines(result.errorOutput).last ?? "it exited with status \(result.status ?? -1)"
                problem.words = "ssh to \(address): \(said)"
            }
        }
        return .failure(problem)
    }

    /// Runs a script in the guest as root and waits for it.
    func run(
        _ script: Script, at address: IPv4Address, input: [UInt8] = [], timeout: Duration
    ) async throws -> GuestAgent.Outcome {
        let result = try await attempt(root(script), at: address, input: input, timeout: timeout)
        let status = result.status ?? -1
        if status == GuestShellScripts.tookTooLong {
            return GuestAgent.Outcome(
                exitCode: -1, output: "", complaint: "it did not finish within \(timeout.components.seconds) s")
        }
        return GuestAgent.Outcome(exitCode: status, output: result.output, complaint: result.errorOutput)
    }

    /// Sends a file of the node into the guest; whether all of it came.
    func send(_ file: String, size: Int, to path: String, at address: IPv4Address) async throws -> Bool {
        let result = try await attempt(
            root(GuestShellScripts.take(path: path)), at: address, file: file, timeout: .seconds(3_600))
        return result.succeeded && result.output.filter(\.isNumber) == "\(size)"
    }

    /// Writes a small file that root alone can read into the guest; whether all of it came.
    func write(_ path: String, _ bytes: [UInt8], at address: IPv4Address) async throws -> Bool {
        let outcome = try await run(
            GuestShellScripts.take(path: path), at: address, input: bytes, timeout: .seconds(60))
        return outcome.exitCode == 0 && outcome.output.filter(\.isNumber) == "\(bytes.count)"
    }

    /// The words that run a script as root in the guest.
    private func root(_ script: Script) -> [String] {
        ["sudo", "-n"] + script.words()
    }

    private func attempt(
        _ words: [String], at address: IPv4Address, input: [UInt8] = [], file: String = "", timeout: Duration
    ) async throws -> CommandResult {
        // sshd hands what it gets to a shell, as text.
        try await commands.attempt(
            "running a script in the guest at \(address)",
            GuestShellScripts.run(
                folder: folder, address: "\(address)", limit: "\(timeout.components.seconds)",
                command: ShellQuoting.command(words), file: file),
            input: input, timeout: timeout + .seconds(30))
    }
}

extension GuestShellScripts {
    /// Exit code: the command in the guest did not end in time, which says nothing about the node.
    static let tookTooLong = 252
    /// Exit code: the node holds no key for this guest.
    static let noKey = 253
    /// Exit code: the node has no ssh.
    static let noTool = 254
}
