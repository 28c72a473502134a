import Foundation
import SSH
package import Spec

@testable package import Fleet

/// Commands that are run by this machine's shell, with a folder of programs before all others and arguments as the test wants them.
package func commands(
    on node: Name, withPrograms folder: String, adapting: @escaping @Sendable (String) -> String = { $0 }
) -> NodeCommands {
    NodeCommands(shell: ShellWithPrograms(programs: folder, adapting: adapting), node: node, log: RemoteLog())
}

/// This machine's shell, with a folder of programs before all others and arguments as the test wants them.
private struct ShellWithPrograms: NodeShell {
    let programs: String
    let adapting: @Sendable (String) -> String
    var privilege: [String] { [] }

    func run(_ command: [String], input: [UInt8], timeout: Duration?) async throws -> CommandResult {
        try await LocalShell().run(
            ["env", "PATH=\(programs):/usr/bin:/bin"] + command.map(adapting), input: input, timeout: timeout)
    }

    func upload(
        file: String, to command: [String], sealedBy seal: (any FileSeal)?,
        progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> CommandResult {
        try await LocalShell().upload(file: file, to: command, sealedBy: seal, progress: progress)
    }

    /// Nothing of it lasts longer than its call.
    func cutOff() async {}

    func hold(_ command: [String]) async throws -> any KeepaliveCommand { try await LocalShell().hold(command) }
}
