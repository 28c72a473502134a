import Fleet
package import Reconciler
import Spec

/// Carries out a plan: lock, survey, plan, check, ask, execute, report.
package struct ApplyRun: Sendable {
    /// How a run ended.
    package struct Outcome: Sendable {
        /// What it ended with.
        package var status: RunStatus
        /// Nil where it did not come to one.
        package var plan: Plan?

        package init(_ status: RunStatus, plan: Plan? = nil) {
            self.status = status
            self.plan = plan
        }
    }

    private let planning: Planning
    private let consent: Consent
    private let lockTimeout: Duration
    private let limits: Executor.Limits
    private let observer: any RunObserver

    /// - Parameter lockTimeout: how long to wait for another run to end.
    package init(
        _ planning: Planning, consent: Consent, lockTimeout: Duration, limits: Executor.Limits,
        observer: any RunObserver
    ) {
        self.planning = planning
        self.consent = consent
        self.lockTimeout = lockTimeout
        self.limits = limits
        self.observer = observer
    }

    /// Has one round over the nodes, to the end of the run; the observer is told what happens.
    package func run(over access: any FleetAccess) async -> Outcome {
        await access.withRound(over: planning.cluster) { session in await run(on: session) }
    }

    private func run(on session: any FleetSession) async -> Outcome {
        guard !Task.isCancelled else { return interrupted() }
        do throws(LockRefusal) {
            try await session.lock(for: .current(), patience: lockTimeout)
        } catch {
            guard !Task.isCancelled else { return interrupted() }
            return refuse(.lockHeld(error), nil)
        }
        let fleet = await Survey.forPlanning(planning, on: session)
        guard !Task.isCancelled else { return interrupted() }
        let (plan, violations) = planning.plan(fleet)
        observer.note(.planned(plan))
        guard violations.isEmpty else {
            observer.note(.rejected(violations))
            return Outcome(.failed, plan: plan)
        }
        if let stop = plan.refusals.first(where: \.stopsEverything) { return refuse(.stopped(by: stop), plan) }
        guard plan.hasSteps else {
            return Outcome(RunStatus.first(of: RunStatus.all(ofExecuted: plan)), plan: plan)
        }
        if let refusal = consent.objection(to: plan) ?? missingSecret(plan) { return refuse(refusal, plan) }
        if let ask = consent.ask {
            let isAgreed = await ask(plan)
            guard !Task.isCancelled else { return interrupted(plan) }
            guard isAgreed else {
                observer.note(.declined)
                return Outcome(.failed, plan: plan)
            }
        }
        return Outcome(await execute(plan, on: session), plan: plan)
    }

    private func execute(_ plan: Plan, on session: any FleetSession) async -> RunStatus {
        let start = ContinuousClock.now
        planning.rosterCopy.remember(plan)
        let report = await Executor.run(plan, on: session, limits: limits, for: observer)
        planning.rosterCopy.remember(report)
        GuestKnownHosts.forget(
            after: report, of: planning.cluster.name, environment: planning.environment.variables)
        let status = RunStatus.first(of: RunStatus.all(ofExecuted: plan) + RunStatus.all(of: report))
        observer.note(
            .finished(
                RunResult(plan: plan, report: report, duration: ContinuousClock.now - start, status: status)))
        return status
    }

    /// The first secret that a step will need and that cannot be read.
    private func missingSecret(_ plan: Plan) -> RunRefusal? {
        for step in plan.steps {
            for secret in step.operation.secrets {
                guard let reason = planning.inputs.missingSecrets[secret] else { continue }
                return .missingSecret(of: step.object, reason: reason)
            }
        }
        return nil
    }

    private func interrupted(_ plan: Plan? = nil) -> Outcome {
        observer.note(.interrupted)
        return Outcome(.interrupted, plan: plan)
    }

    private func refuse(_ refusal: RunRefusal, _ plan: Plan?) -> Outcome {
        observer.note(.refused(refusal))
        return Outcome(refusal.status, plan: plan)
    }
}
