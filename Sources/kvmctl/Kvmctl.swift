import ArgumentParser
import Glibc

/// The command line: its verbs, and how a run begins and ends.
@main
struct Kvmctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kvmctl",
        abstract: "Makes a fleet of KVM nodes match what YAML files say.",
        usage: "kvmctl <verb> [options]",
        discussion: """
            The YAML files name nodes, networks, images and instances. kvmctl reads what is there through libvirt over \
            ssh, shows the difference as a plan, and creates, starts, stops or deletes until the fleet matches.

              kvmctl validate -f cluster.yaml       find mistakes, contact nobody
              kvmctl doctor   -f cluster.yaml       look whether the nodes are fit
              kvmctl plan     -f cluster.yaml       show what an apply would do
              kvmctl apply    -f cluster.yaml       do it, after a yes
              kvmctl get instances -f cluster.yaml  show what there is
              kvmctl ssh web-1 -f cluster.yaml      log in to an instance

            Exit codes, the first that applies: 64 usage, 3 invalid spec, 4 another run holds the lock, 5 stale plan, \
            130 interrupted, 1 failed, 6 refused, 7 a node did not answer, 2 changes pending (plan \
            --detailed-exitcode), 0.

            Environment: KVMCTL_IDENTITY is a private key and KVMCTL_KNOWN_HOSTS a known_hosts file for all nodes, \
            instead of what the spec and ssh_config say. NO_COLOR turns colours off.
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "Reconciling",
                subcommands: [
                    ValidateCommand.self, PlanCommand.self, ApplyCommand.self, DestroyCommand.self, RenderCommand.self,
                    ImportCommand.self, SnapshotCommand.self, RollbackCommand.self,
                ]),
            CommandGroup(
                name: "Inspecting",
                subcommands: [
                    GetCommand.self, DescribeCommand.self, DoctorCommand.self, SSHCommand.self, ConsoleCommand.self,
                ]),
            CommandGroup(
                name: "Other",
                subcommands: [
                    LabCommand.self, SchemaCommand.self, VersionCommand.self, ForwardCommand.self,
                    KnownHostCommand.self,
                ]),
        ])

    /// Runs the command line of this process and exits.
    ///
    /// Ctrl-C and SIGTERM cancel the run, which then ends as cleanly as it can; a second one ends the process at once.
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let run = Task { await Kvmctl.status(of: arguments, in: Surroundings.ofProcess()) }
        let interruption = Interruption { run.cancel() }
        let code = await run.value
        withExtendedLifetime(interruption) {}
        // Threads may still be closing sessions: exit handlers, such as OpenSSL's, would free what they use under them.
        fflush(nil)
        _exit(code)
    }

    /// Runs a command line and returns its exit code; help goes to standard output, mistakes to standard error.
    static func status(of arguments: [String], in surroundings: Surroundings) async -> Int32 {
        do {
            var command = try await asyncParseAsRoot(BalanceOptions.spelledOut(arguments))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return RunStatus.success.rawValue
        } catch {
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            if !text.isEmpty {
                let write = code.isSuccess ? surroundings.output : surroundings.errorOutput
                write(text.hasSuffix("\n") ? text : text + "\n")
            }
            return code.rawValue
        }
    }
}
