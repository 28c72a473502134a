import ArgumentParser
import Engine
import Glibc
import Synchronization

/// The command line: its verbs, and how a run begins and ends.
@main
struct Kvmctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kvmctl",
        abstract: "Makes a fleet of KVM nodes match YAML files.",
        usage: "kvmctl <verb> [options]",
        discussion: """
            The YAML files name nodes, networks, images and instances. kvmctl reads the live state by libvirt over \
            ssh, shows the difference as a plan, and creates, starts, stops or deletes until the fleet matches.

              kvmctl validate -f cluster.yaml       check the spec, without contacting a node
              kvmctl doctor   -f cluster.yaml       check whether the nodes can host guests
              kvmctl plan     -f cluster.yaml       show what an apply would do
              kvmctl apply    -f cluster.yaml       do it, after confirmation
              kvmctl get instances -f cluster.yaml  list the instances
              kvmctl ssh web-1 -f cluster.yaml      log in to an instance
              kvmctl exec web -f cluster.yaml -- uptime   run a command on many instances

            Exit codes, the first that applies: 64 usage, 3 invalid spec, 4 another run holds the lock, 130 interrupted, \
            1 failed, 6 refused, 7 a node was unreachable, 2 changes pending (plan --detailed-exitcode), 0.

            Environment: KVMCTL_IDENTITY is a private key and KVMCTL_KNOWN_HOSTS a known_hosts file for all nodes, \
            instead of those in the spec and ssh_config. KVMCTL_GUEST_IDENTITY is a private key for `kvmctl ssh`. \
            NO_COLOR turns colours off.
            """,
        version: VersionCommand.line,
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
                    GetCommand.self, DescribeCommand.self, InventoryCommand.self, DoctorCommand.self, SSHCommand.self,
                    ExecCommand.self, ConsoleCommand.self, VNCCommand.self, ScreenshotCommand.self,
                ]),
            CommandGroup(
                name: "Other",
                subcommands: [
                    ImageCommand.self, RoleCommand.self, LabCommand.self, SchemaCommand.self, VersionCommand.self,
                    ForwardCommand.self,
                    KnownHostCommand.self,
                ]),
        ])

    /// How a mistake of usage begins, as every other error does.
    static var _errorPrefix: String { "error: " }

    /// Runs the command line of this process and exits.
    ///
    /// Ctrl-C and SIGTERM cancel the run, which then ends as cleanly as it can; a second one ends the process at once.
    static func main() async {
        ProcessOutput.reserveStandardDescriptors()
        // Swift has the arguments from there, and would give none: anything asked for would end as help with exit code 0.
        guard access("/proc/self/cmdline", R_OK) == 0 else {
            ProcessOutput.errors.write(
                "error: /proc is not mounted, and kvmctl needs it\n    mount it: mount -t proc proc /proc\n")
            _exit(await ProcessOutput.finish(RunStatus.failed.exitCode))
        }
        let arguments = Array(CommandLine.arguments.dropFirst())
        let run = Task { await Kvmctl.status(of: arguments, in: Surroundings.ofProcess()) }
        let isOver = Mutex(false)
        let interruption = Interruption {
            // What is left then is output that nobody takes.
            if isOver.withLock({ $0 }) { _exit(RunStatus.interrupted.exitCode) }
            run.cancel()
        }
        let ending = await run.value
        isOver.withLock { $0 = true }
        let code = await ProcessOutput.finish(ending)
        withExtendedLifetime(interruption) {}
        // Threads may still be closing sessions: exit handlers, such as OpenSSL's, would free what they use under them.
        _exit(code)
    }

    /// Runs a command line and returns its exit code; help goes to standard output, mistakes to standard error.
    static func status(of arguments: [String], in surroundings: Surroundings) async -> Int32 {
        if let problem = VerbCheck(arguments) {
            surroundings.errorOutput("error: \(problem.message)\n    \(problem.remedy)\n")
            return RunStatus.usage.exitCode
        }
        do {
            var command = try await asyncParseAsRoot(ArgumentForms.spelledOut(arguments))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return RunStatus.success.exitCode
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
