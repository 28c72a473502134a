import ArgumentParser
import Engine
import Fleet
import Formats
import Reconciler
import Spec

/// `kvmctl exec`.
struct ExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Runs a command as root in the guests of one or many instances.",
        usage: "kvmctl exec [<names>] [-l <key=value>] -f <path> ... -- <command> ...",
        discussion: """
            The command goes through the guest's agent, or over ssh from its node. It stands in no argument and no log, \
            and gets no input. One word is a line for the guest's shell; several are a program with its arguments. \
            Each line of output begins with the instance's name. Instances that are off as the spec says are left out, \
            unless named themselves.

            The exit code is the highest one of the command; 124 where it took too long, and 7 where an instance could \
            not be reached.

            Examples:
              kvmctl exec web -f cluster.yaml -- systemctl is-active nginx
              kvmctl exec -l tier=web -f cluster.yaml -- 'df -h / | tail -n 1'
              kvmctl exec web-1,lb -f cluster.yaml --timeout 5m -o json -- apt-get -q update
            """)

    /// How it is printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Argument(
        help: ArgumentHelp(
            "Instances and groups, separated by commas; all that have the labels where there are none.",
            valueName: "names"))
    var names: String?
    @OptionGroup var labels: LabelOptions
    @Option(help: ArgumentHelp("The time after which the command is ended.", valueName: "duration"))
    var timeout: String = "1m"
    @Option(
        name: .customLong("at-once"), help: ArgumentHelp("The most guests that run it at once.", valueName: "count"))
    var mostAtOnce: Int = 4
    @Option(name: .shortAndLong, help: ArgumentHelp("text or json.", valueName: "format"))
    var output: Format = .text
    @OptionGroup var spec: SpecOptions
    @OptionGroup var appearance: AppearanceOptions
    @Argument(parsing: .postTerminator, help: "The command, after --.")
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else { throw ValidationError("expected a command after --, such as -- uptime") }
        guard command.allSatisfy(ShellQuoting.isPossible) else { throw ValidationError("the command has a NUL in it") }
        guard text.utf8.count <= GuestCommand.longest else {
            throw ValidationError("the command is longer than \(GuestCommand.longest >> 10) KiB")
        }
        guard !targets.isEmpty || !labels.labels.isEmpty else {
            throw ValidationError("name instances or groups, or choose them with -l")
        }
        guard mostAtOnce >= 1 else { throw ValidationError("--at-once: expected a number of at least 1") }
        guard let duration, (Duration.seconds(1) ... .seconds(86_400)).contains(duration) else {
            throw ValidationError(
                "--timeout: expected a duration from 1s to 24h, found \(Printable.escaped(timeout))")
        }
    }

    private var duration: Duration? { Duration(specText: timeout) }

    private var targets: [String] { (names ?? "").split(separator: ",").map(String.init) }

    /// What the guest's shell is given.
    var text: String { command.count == 1 ? command[0] : ShellQuoting.command(command) }

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Runs it with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        let cluster = try LoadedSpec.required(
            spec, context.appearance, reportsJSON: output == .json, in: context.surroundings
        ).cluster
        let run = GuestCommandRun(
            GuestCommand(text: text, timeout: duration ?? .seconds(60)),
            in: GuestSelection(names: targets, labels: labels.wanted), of: cluster, mostAtOnce: mostAtOnce)
        var view = CommandOutputView(timeout: duration ?? .seconds(60))
        // What is known is printed, however the run ends.
        var hasBegun = false
        defer { if output == .json, hasBegun { context.surroundings.output(view.document.json) } }
        try await context.withAccess(log: nil) { access in
            try await context.reporting { () async throws(RunFailure) in
                try await run.perform(over: access) { instance, outcome in
                    hasBegun = true
                    view.add(outcome, of: instance)
                    if output == .text { show(outcome, of: instance, view, in: context) }
                }
            }
        }
        if view.exitCode != 0 { throw ExitCode(view.exitCode) }
    }

    private func show(
        _ outcome: GuestCommandRun.Outcome, of instance: Name, _ view: CommandOutputView, in context: RunContext
    ) {
        let lines = view.lines(outcome, of: instance)
        // What guests print is not broken at spaces.
        func text(_ lines: [Line], _ style: Style) -> String {
            Page(lines: lines).text(in: Style(hasColour: style.hasColour, width: nil))
        }
        if !lines.output.isEmpty { context.surroundings.output(text(lines.output, context.outputStyle)) }
        if !lines.errors.isEmpty { context.surroundings.errorOutput(text(lines.errors, context.errorStyle)) }
    }
}
