import ArgumentParser
import Engine
import Reconciler
import Spec

/// How a run that changes things goes about it.
struct ExecutionOptions: ParsableArguments {
    @Flag(name: .customLong("auto-approve"), help: "Do not ask for confirmation.")
    var isApproved = false

    @Flag(name: .customLong("delete-data"), help: "Also delete data disks whose instance is deleted or gone.")
    var deletesData = false

    @OptionGroup var disks: DiskOptions
    @OptionGroup var lock: LockOptions
    @OptionGroup var log: LogOptions

    @Option(help: ArgumentHelp("The most steps that run at once over all nodes.", valueName: "count"))
    var parallelism: Int = Executor.Limits().overall

    @Option(
        name: .shortAndLong, help: ArgumentHelp("text, or json for one line of JSON per event.", valueName: "format")
    )
    var output: RunFormat = .text

    func validate() throws {
        guard parallelism >= 1 else { throw ValidationError("--parallelism: expected a number of at least 1") }
    }

    var limits: Executor.Limits {
        Executor.Limits(perNode: min(Executor.Limits().perNode, parallelism), overall: parallelism)
    }

    /// Refuses to start where a yes is needed and nobody can give one.
    ///
    /// - Throws: a mistake of usage, before anything is read or contacted.
    func requireSomebodyToAsk(_ surroundings: Surroundings) throws {
        guard isApproved || surroundings.inputIsTerminal else {
            throw ValidationError(
                "there is no terminal to ask for confirmation; review the plan, then pass --auto-approve")
        }
    }

    /// The run that carries a plan out as these options say.
    ///
    /// - Parameters:
    ///   - question: what is asked at the terminal, such as `Apply this plan to demo?`.
    ///   - verb: what a yes to it does, such as `apply`.
    func run(
        _ planning: Planning, _ deletions: Consent.Deletions, question: String, verb: String,
        reporter: ApplyReporter, in context: RunContext
    ) -> ApplyRun {
        var ask: (@Sendable (Plan) async -> Bool)?
        if !isApproved {
            ask = { _ in
                let isAgreed = await context.ask("\n\(question) Type yes to \(verb): ")
                if Task.isCancelled { context.surroundings.errorOutput("\n") }
                return isAgreed
            }
        }
        let consent = Consent(deletions: deletions, ask: ask)
        return ApplyRun(
            planning, consent: consent, lockTimeout: lock.patience, limits: limits, observer: reporter)
    }
}
