import ArgumentParser
import Fleet
import Reconciler
import Spec

/// Carries out a few steps that were asked for by name, without a spec's plan around them.
struct DirectRun {
    let cluster: Cluster
    let fleet: any FleetSession
    let log: RunLog?
    let context: RunContext

    /// Takes the cluster's lock.
    ///
    /// - Throws: the exit code, after saying who holds it.
    static func lock(_ fleet: any FleetSession, patience: Duration, _ context: RunContext) async throws {
        guard !Task.isCancelled else { throw ExitCode(.interrupted) }
        do throws(LockRefusal) {
            try await fleet.lock(for: .current(), patience: patience)
        } catch {
            guard !Task.isCancelled else { throw ExitCode(.interrupted) }
            try context.fail("\(error)", remedy: "Wait for it to end, or wait here with --lock-timeout 5m", .lockHeld)
        }
    }

    /// Checks the steps as those of any plan, and carries them out.
    ///
    /// - Throws: the exit code where not all of it was done; why has been said by then.
    func run(_ plan: Plan, _ observed: ObservedFleet) async throws {
        guard plan.hasSteps else { return }
        let defects = PlanChecker.violations(in: plan, of: cluster, fleet: observed, intent: .apply(deleteData: false))
        guard defects.isEmpty else {
            context.say(PlanRun.lines(about: defects))
            throw ExitCode(.failed)
        }
        let observer = RunObserver(format: .text, nodes: cluster.nodes.keys, log: log, context: context)
        let drivers = await fleet.drivers
        let report = await withTaskGroup(of: Void.self) { group in
            group.addTask { await observer.keepAlive() }
            let report = await Executor(drivers: drivers, limits: Executor.Limits()).run(plan) { observer.report($0) }
            group.cancelAll()
            return report
        }
        for (step, outcome) in report.outcomes {
            switch outcome {
            case .done, .unchanged, .notStarted, .dependencyFailed: break
            case .skipped(let reason):
                context.say(Line([Span("left alone: ", .alarm), Span("\(step.object): \(reason)")], hang: 4))
            case .failed(let error):
                context.say(Line([Span("error: ", .alarm), Span(error.summary)], hang: 4))
                context.say(error.causes.map { Line($0, indent: 4) })
                if let remedy = error.remedy { context.say(Line(remedy, indent: 4)) }
            }
        }
        if report.wasInterrupted { throw ExitCode(.interrupted) }
        guard report.outcomes.allSatisfy({ $0.outcome.isSuccess }) else { throw ExitCode(.failed) }
    }
}
