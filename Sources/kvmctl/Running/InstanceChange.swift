import Engine
import Reconciler
import Spec

/// Does one thing to one instance, as the options of its verb say.
struct InstanceChange {
    let instance: String
    let spec: SpecOptions
    let lock: LockOptions
    let log: LogOptions
    let context: RunContext
    /// What is asked at the terminal; nil where nobody is asked.
    var question: String?

    /// Does what `operation` makes of the instance; `topic` ends the step's name.
    ///
    /// - Throws: the exit code; what it means has been said by then.
    func run(
        _ topic: String,
        _ operation: (InstanceRun.Place) throws(InstanceRun.Problem) -> Reconciler.Operation
    ) async throws {
        let log = try log.open(in: context)
        let cluster = try LoadedSpec.required(
            spec, context.appearance, reportsJSON: false, in: context.surroundings
        ).cluster
        var ask: (@Sendable () async -> Bool)?
        if let question {
            ask = { [context] in await context.ask("\(question) Type yes to go on: ") }
        }
        let run = InstanceRun(
            instance, in: cluster, lockTimeout: lock.patience, observer: DirectReporter(cluster, log: log, in: context),
            ask: ask)
        try await context.withAccess(log: log) { access in
            try await context.reporting { () async throws(RunFailure) in
                try await run.change(topic, over: access, operation)
            }
        }
        try await log?.requireComplete()
    }
}
