import ArgumentParser
import Engine
import Formats
import Reconciler
import Spec

/// `kvmctl apply`.
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Shows the plan, asks for confirmation, and makes the fleet match the spec.",
        discussion: """
            Only the confirmed plan is executed: an object that changed meanwhile is left alone, and reported. After a \
            killed run, run it again: it continues from there. With --auto-approve, a plan that deletes or replaces \
            more than --max-deletes objects is refused as a whole. With --watch it repeats until Ctrl-C, reads the \
            files again each time, waits longer after failed rounds, and prints a line for each round.

            Examples:
              kvmctl apply -f cluster.yaml -f web.yaml
              kvmctl apply -f fleet/ --auto-approve --max-deletes 2 --log apply.log
              kvmctl apply -f fleet/ --rebalance
              kvmctl apply -f fleet/ --auto-approve --watch --interval 2m
            """)

    @OptionGroup var spec: SpecOptions
    @OptionGroup var execution: ExecutionOptions
    @Option(
        name: .customLong("max-deletes"),
        help: ArgumentHelp(
            "With --auto-approve: the most instances, networks and data disks that may be deleted or replaced.",
            valueName: "count"))
    var maximumDeletions: Int = 0
    @OptionGroup var balance: BalanceOptions
    @Flag(name: .customLong("retry"), help: "Try changes again that were rolled back before.")
    var retries = false
    @OptionGroup var delivery: DeliveryOptions
    @Flag(
        name: .customLong("watch-console"),
        help: "Also print the consoles of guests that are being installed from a CD.")
    var watchesConsole = false
    @Flag(name: .customLong("watch"), help: "Apply repeatedly until Ctrl-C; needs --auto-approve.")
    var watches = false
    @Option(
        help: ArgumentHelp("With --watch: the time between rounds, such as 30s or 5m.", valueName: "duration"))
    var interval: String?
    @OptionGroup var appearance: AppearanceOptions

    func validate() throws {
        guard maximumDeletions >= 0 else { throw ValidationError("--max-deletes: expected a number of at least 0") }
        guard !watches || execution.isApproved else {
            throw ValidationError("--watch never asks: it needs --auto-approve")
        }
        guard !retries || !watches else {
            throw ValidationError("--retry is for a single run: with --watch, a failure would be retried every round")
        }
        guard interval == nil || watches else { throw ValidationError("--interval needs --watch") }
        guard pause != nil else {
            throw ValidationError(
                "--interval: expected a duration such as 30s or 5m, found \(Printable.escaped(interval ?? ""))")
        }
    }

    /// The wait between rounds; nil where the text is no duration.
    private var pause: Duration? {
        guard let interval else { return .seconds(300) }
        return Duration(specText: interval).flatMap { $0 > .zero ? $0 : nil }
    }

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Applies with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        try execution.requireSomebodyToAsk(context.surroundings)
        let log = try execution.log.open(in: context)
        guard watches, let pause else {
            let run = try await prepared(isQuiet: false, log, in: context)
            return try await context.finish(log) { access in await run.run(over: access) }
        }
        try await context.withAccess(log: log) { access in
            await Watch(every: pause).run {
                await round(log, over: access, in: context)
            } telling: {
                tell($0, in: context)
            }
        }
        throw ExitCode(.interrupted)
    }

    /// One round of the loop; what went wrong has been said by its end.
    private func round(
        _ log: RunLog?, over access: any FleetAccess, in context: RunContext
    ) async -> ApplyRun.Outcome {
        do {
            let outcome = try await prepared(isQuiet: true, log, in: context).run(over: access)
            return await context.closed(outcome, log)
        } catch {
            return ApplyRun.Outcome(RunStatus(exitCode: Kvmctl.exitCode(for: error).rawValue) ?? .failed)
        }
    }

    private func tell(_ event: Watch.Event, in context: RunContext) {
        let view = WatchView(event: event)
        switch execution.output {
        case .text: context.say(view.line)
        case .json: context.surroundings.output(view.value.jsonLine + "\n")
        }
    }

    /// The run for the spec as it is on disk now.
    private func prepared(isQuiet: Bool, _ log: RunLog?, in context: RunContext) async throws -> ApplyRun {
        let (written, inputs) = try await PreparedSpec.required(
            spec, reportsJSON: execution.output == .json, in: context)
        let cluster = delivery.applied(to: written)
        var options = PlanningOptions(balance: balance.threshold, retries: retries)
        options.deletedDisks = Set(execution.disks.deleted)
        let planning = Planning(
            cluster, inputs: inputs, intent: .apply(deleteData: execution.deletesData), options: options,
            in: context.environment)
        return execution.run(
            planning, .limited(maximumDeletions), question: "Apply this plan to \(cluster.name)?", verb: "apply",
            reporter: ApplyReporter(
                cluster, execution.output, isQuiet: isQuiet, watchesConsole: watchesConsole, log: log, in: context),
            in: context)
    }
}
