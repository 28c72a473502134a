import ArgumentParser
import Engine
import Reconciler
import Spec

/// `kvmctl plan`.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows what an apply would do, and changes nothing.",
        discussion: """
            Every change is shown with its reason and its effect on the running guest (live, next boot, reboot, \
            migrate or replace) or on a network (restart). It takes no lock, and reports a running apply. With --refresh-only it shows \
            only drift: changes that were made outside kvmctl and that an apply would repair. With --explain it \
            shows every node's placement score for one instance, or the reason that rules the node out.

            A plan runs the commands of secrets, reads their files, and logs in to the repositories of websites, as the \
            spec says. With --no-secrets it does none of that: use it for an unreviewed branch. Values that need a \
            secret are then not compared, and the plan lists them.

            Examples:
              kvmctl plan -f cluster.yaml -f web.yaml
              kvmctl plan -f fleet/ -R -o json --detailed-exitcode
              kvmctl plan -f cluster.yaml --refresh-only
              kvmctl plan -f cluster.yaml --explain web-1
              kvmctl plan -f cluster.yaml --rebalance=30%
              kvmctl plan -f fleet/ --no-secrets -o markdown
            """)

    @OptionGroup var spec: SpecOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("text, json or markdown.", valueName: "format"))
    var output: PlanFormat = .text
    @Flag(name: .customLong("detailed-exitcode"), help: "Exit with 2 if there is anything to do.")
    var hasDetailedExitCode = false
    @Flag(name: .customLong("refresh-only"), help: "Show only drift: differences that were made outside kvmctl.")
    var showsDriftAlone = false
    @Flag(name: .customLong("delete-data"), help: "Also plan to delete data disks whose instance is gone.")
    var deletesData = false
    @OptionGroup var disks: DiskOptions
    @Option(
        name: .customLong("explain"),
        help: ArgumentHelp("Show every node's placement score for this instance.", valueName: "instance"))
    var explained: String?
    @Flag(name: .customLong("retry"), help: "Plan changes again that were rolled back before.")
    var retries = false
    @OptionGroup var delivery: DeliveryOptions
    @Flag(
        name: .customLong("no-secrets"),
        help: "Read no secret, run no secret's command, and log in to no repository: for unreviewed branches.")
    var refusesSecrets = false
    @OptionGroup var balance: BalanceOptions
    @OptionGroup var log: LogOptions
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Plans with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        var context = context
        context.readsSecrets = !refusesSecrets
        let (written, inputs) = try await PreparedSpec.required(spec, reportsJSON: output == .json, in: context)
        let cluster = delivery.applied(to: written)
        var options = PlanningOptions(
            explained: try explained.map { try instance(named: $0, in: cluster) }, balance: balance.threshold,
            retries: retries)
        options.deletedDisks = Set(disks.deleted)
        let planning = Planning(
            cluster, inputs: inputs, intent: .apply(deleteData: deletesData), options: options,
            in: context.environment)
        let log = try log.open(in: context)
        let fleet = try await context.withFleet(cluster, log: log) { await Survey.forPlanning(planning, on: $0) }
        guard !Task.isCancelled else { throw ExitCode(.interrupted) }
        let (whole, violations) = planning.plan(fleet)
        var plan = showsDriftAlone ? whole.driftAlone : whole
        plan.explanation = whole.explanation
        context.surroundings.output(PlanView(plan, parts: cluster.parts).render(output, style: context.outputStyle))
        context.say(PlanView.lines(about: violations))
        let isComplete = await log?.isComplete() ?? true
        let status = RunStatus.first(
            of: RunStatus.all(of: plan, reportsPending: hasDetailedExitCode)
                + (violations.isEmpty && isComplete ? [] : [.failed]))
        guard status == .success else { throw ExitCode(status) }
    }

    /// The instance that is to be explained.
    private func instance(named text: String, in cluster: Cluster) throws -> Name {
        if let name = Name(text), cluster.instances[name] != nil { return name }
        let unknown = UnknownInstance(text, in: cluster)
        throw ValidationError("--explain: \(unknown.reason); \(unknown.remedy)")
    }
}
