import Fleet
import Reconciler
import Spec

/// Carries out a few steps that were asked for by name, without a spec's plan around them.
struct DirectRun {
    let cluster: Cluster
    let session: any FleetSession
    let observer: any RunObserver

    /// Checks the steps as those of any plan, and carries them out.
    ///
    /// - Throws: where not all of it was done; the observer knows why.
    func run(_ plan: Plan, _ fleet: ObservedFleet) async throws(RunFailure) {
        guard plan.hasSteps else { return }
        let violations = PlanChecker.violations(in: plan, of: cluster, fleet: fleet, intent: .apply(deleteData: false))
        guard violations.isEmpty else {
            observer.note(.rejected(violations))
            throw RunFailure(.failed)
        }
        let start = ContinuousClock.now
        let report = await Executor.run(plan, on: session, limits: Executor.Limits(), for: observer)
        let status: RunStatus =
            report.wasInterrupted
            ? .interrupted : report.outcomes.allSatisfy { $0.outcome.isSuccess } ? .success : .failed
        observer.note(
            .finished(
                RunResult(plan: plan, report: report, duration: ContinuousClock.now - start, status: status)))
        guard status == .success else { throw RunFailure(status) }
    }
}

extension FleetSession {
    /// Takes the cluster's lock for a run that was asked for by name.
    ///
    /// - Throws: where somebody else has it, which the observer is told, or the run was interrupted.
    func lock(patience: Duration, telling observer: any RunObserver) async throws(RunFailure) {
        try RunFailure.checkInterruption()
        do throws(LockRefusal) {
            try await lock(for: .current(), patience: patience)
        } catch {
            try RunFailure.checkInterruption()
            observer.note(.refused(.lockHeld(error)))
            throw RunFailure(.lockHeld)
        }
    }
}
