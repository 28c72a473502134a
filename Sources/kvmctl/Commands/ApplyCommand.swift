import ArgumentParser
import Reconciler
import Spec

/// `kvmctl apply`.
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Makes the fleet match the spec, after showing the plan and a yes.",
        discussion: """
            What was confirmed is what is done: an object that changed meanwhile is left alone, and said so. Killed at \
            any point and run again, it goes on where it stopped. With --auto-approve, a plan that deletes or replaces \
            more than --max-deletes things is refused as a whole.

            Examples:
              kvmctl apply -f cluster.yaml -f web.yaml
              kvmctl apply -f fleet/ --auto-approve --max-deletes 2 --log apply.log
            """)

    @OptionGroup var spec: SpecOptions
    @OptionGroup var execution: ExecutionOptions
    @Option(
        name: .customLong("max-deletes"),
        help: ArgumentHelp(
            "With --auto-approve: how many instances, networks and data disks may be deleted or replaced.",
            valueName: "count"))
    var maximumDeletions: Int = 0
    @OptionGroup var appearance: AppearanceOptions

    func validate() throws {
        guard maximumDeletions >= 0 else { throw ValidationError("--max-deletes: expected a number of at least 0") }
    }

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Applies with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        try execution.requireSomebodyToAsk(context.surroundings)
        let log = try RunLog.opened(execution.logPath)
        let preparation = try Preparation.load(spec, reportsJSON: execution.output == .json, in: context)
        try await ApplyRun(
            planning: PlanRun(
                cluster: preparation.cluster, inputs: preparation.inputs,
                intent: .apply(deleteData: execution.deletesData),
                rosterCopy: RosterCopy(
                    of: ClusterIdentity(preparation.cluster), environment: context.surroundings.environment)),
            consent: Consent(isApprovedBeforehand: execution.isApproved, deletions: .limited(maximumDeletions)),
            format: execution.output, lockTimeout: execution.patience ?? .zero, limits: execution.limits,
            question: "Apply this plan to \(preparation.cluster.name)?", log: log, context: context
        ).run()
    }
}
