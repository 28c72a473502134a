import ArgumentParser
import Engine
import Formats
import Reconciler
import SSH
import Spec

/// `kvmctl destroy`.
struct DestroyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "destroy",
        abstract: "Deletes the instances of the spec's parts with their root disks, and the networks.",
        discussion: """
            Data disks stay, and are listed with the command that deletes them, unless --delete-data is given. \
            Objects without this cluster's mark are never changed.

            Examples:
              kvmctl destroy -f cluster.yaml
              kvmctl destroy -f cluster.yaml --delete-data --auto-approve
            """)

    @OptionGroup var spec: SpecOptions
    @OptionGroup var execution: ExecutionOptions
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Destroys with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        try execution.requireSomebodyToAsk(context.surroundings)
        let log = try execution.log.open(in: context)
        // Neither images nor keys are needed to remove things, so that they may be gone already.
        let cluster = try LoadedSpec.required(
            spec, context.appearance, reportsJSON: execution.output == .json, in: context.surroundings
        ).cluster
        var options = PlanningOptions()
        options.deletedDisks = Set(execution.disks.deleted)
        let planning = Planning(
            cluster, inputs: Inputs(), intent: .destroy(deleteData: execution.deletesData), options: options,
            in: context.environment)
        let reporter = ApplyReporter(
            cluster, execution.output, removal: execution.deletesData ? nil : DestroyCommand.removal(spec.request),
            log: log, in: context)
        let run = execution.run(
            planning, .wanted, question: "Destroy all of this in \(cluster.name)?", verb: "destroy", reporter: reporter,
            in: context)
        try await context.finish(log) { access in await run.run(over: access) }
    }

    /// The command that removes data disks that a destroy keeps, but for the option that says which.
    static func removal(_ request: SpecRequest) -> String {
        var words = ["kvmctl", "destroy"]
        for file in request.files { words += ["-f", file] }
        if request.isRecursive { words.append("-R") }
        for (name, value) in request.variables.sorted(by: { $0.key < $1.key }) {
            words += ["--var", "\(name)=\(value)"]
        }
        for file in request.variableFiles { words += ["--var-file", file] }
        return ShellQuoting.command(words)
    }
}
