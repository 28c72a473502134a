import ArgumentParser
import Fleet
import Formats
import Reconciler
import Spec

/// Carries out a plan: lock, observe, plan, show, ask, execute, report.
struct ApplyRun: Sendable {
    let planning: PlanRun
    let consent: Consent
    let format: RunFormat
    let lockTimeout: Duration
    let limits: Executor.Limits
    /// What the question at the terminal asks, such as `Apply this plan to demo?`.
    let question: String
    /// What a yes to it does, such as `apply`.
    let verb: String
    /// The command that removes data disks that are kept, where that is worth saying.
    var removal: String?
    let log: RunLog?
    let context: RunContext
    /// Whether a plan without anything to do is kept to the line about the round.
    var isQuiet = false
    /// Told of the plan before anything of it is done.
    var notePlan: @Sendable (Plan) -> Void = { _ in }

    private var cluster: Cluster { planning.cluster }

    /// Runs to the end, with the nodes to itself.
    ///
    /// - Throws: the exit code where it is not 0; what it means has been said by then.
    func run() async throws {
        let status = try await context.withAccess(log: log) { try await self.status(over: $0) }
        guard status == .success else { throw ExitCode(status) }
    }

    /// Runs to the end, and tells how it ended.
    func status(over access: any FleetAccess) async throws -> RunStatus {
        let status = try await access.withRound(over: cluster) { try await run(on: $0) }
        log?.write("the run ends with exit code \(status.rawValue)")
        guard let log, await !log.isComplete() else { return status }
        return RunStatus.first(of: [status, .failed])
    }

    private func run(on fleet: any FleetSession) async throws -> RunStatus {
        guard !Task.isCancelled else { return interrupted() }
        do throws(LockRefusal) {
            try await fleet.lock(for: .current(), patience: lockTimeout)
        } catch {
            guard !Task.isCancelled else { return interrupted() }
            return refuse(
                "\(error)", remedy: "Wait for it to end, or wait here with --lock-timeout 5m", .lockHeld)
        }
        let observed = await planning.observe(fleet)
        guard !Task.isCancelled else { return interrupted() }
        let (plan, defects) = planning.plan(observed)
        let view = PlanView(plan, parts: cluster.parts)
        notePlan(plan)
        switch format {
        case _ where isQuiet && !plan.hasSteps: break
        case .text: context.surroundings.output(view.render(.text, style: context.outputStyle))
        case .json: context.surroundings.output(RunDocument.plan(view).jsonLine + "\n")
        }
        guard defects.isEmpty else {
            context.say(PlanRun.lines(about: defects))
            return .failed
        }
        let statuses = PlanRun.statuses(of: plan, reportsPending: false) + ApplyRun.pendingStatuses(plan)
        if let stop = plan.refusals.first(where: \.stopsEverything) {
            return refuse(
                "Nothing was changed: \(stop.object): \(stop.reason)", remedy: stop.remedy, .refused)
        }
        guard plan.hasSteps else { return RunStatus.first(of: statuses) }
        if let objection = consent.objection(to: plan) { return refuse(objection, remedy: nil, .refused) }
        if let problem = missingSecret(plan) { return refuse(problem, remedy: "Nothing was changed", .failed) }
        if !consent.isApprovedBeforehand, let status = await ask() { return status }
        return await execute(plan, on: fleet, statuses)
    }

    /// Changes that are wanted and cannot be made are no success; where a node is silent, that is reason enough.
    private static func pendingStatuses(_ plan: Plan) -> [RunStatus] {
        plan.silences.isEmpty && plan.changes.contains { $0.blocked != nil } ? [.refused] : []
    }

    /// Asks for a full yes; nil where it came.
    private func ask() async -> RunStatus? {
        context.surroundings.errorOutput("\n\(question) Type yes to \(verb): ")
        let answer = await Question.answer()
        guard !Task.isCancelled else {
            context.surroundings.errorOutput("\n")
            return interrupted()
        }
        guard Question.isConsent(answer) else {
            context.say(Line("Nothing was changed."))
            return .failed
        }
        return nil
    }

    private func execute(_ plan: Plan, on fleet: any FleetSession, _ before: [RunStatus]) async -> RunStatus {
        let start = ContinuousClock.now
        planning.rosterCopy.remember(plan)
        let observer = RunObserver(format: format, nodes: cluster.nodes.keys, log: log, context: context)
        let report = await withTaskGroup(of: Void.self) { group in
            group.addTask { await observer.keepAlive() }
            let executor = Executor(drivers: await fleet.drivers, limits: limits)
            let report = await withTaskCancellationHandler {
                await executor.run(plan) { observer.report($0) }
            } onCancel: {
                observer.say(
                    Line("Interrupted: what runs is finished or undone, nothing new begins. Ctrl-C again ends at once.")
                )
            }
            group.cancelAll()
            return report
        }
        planning.rosterCopy.remember(report)
        GuestKnownHosts.forget(after: report, of: cluster.name, environment: context.surroundings.environment)
        let view = ReportView(plan: plan, report: report, duration: ContinuousClock.now - start, removal: removal)
        let status = RunStatus.first(of: before + RunStatus.all(of: report))
        switch format {
        case .text: context.surroundings.output("\n" + view.text(style: context.outputStyle))
        case .json: context.surroundings.output(RunDocument.result(view, status: status).jsonLine + "\n")
        }
        return status
    }

    /// The first secret that a step will need and that cannot be read, in words.
    private func missingSecret(_ plan: Plan) -> String? {
        for step in plan.steps {
            for secret in step.operation.secrets {
                guard let reason = planning.inputs.missingSecrets[secret] else { continue }
                return "\(step.object) needs a secret that cannot be read: \(reason)"
            }
        }
        return nil
    }

    private func interrupted() -> RunStatus {
        context.say(Line("Interrupted before anything was changed."))
        return .interrupted
    }

    private func refuse(_ message: String, remedy: String?, _ status: RunStatus) -> RunStatus {
        switch format {
        case .text:
            context.say(Line([Span("error: ", .alarm), Span(message)], hang: 4))
            if let remedy { context.say(Line(remedy, indent: 4)) }
        case .json:
            let document: StructuredValue = [
                "event": "refused", "exitCode": .integer(Int64(status.rawValue)), "error": .text(message),
                "remedy": .optional(remedy),
            ]
            context.surroundings.output(document.jsonLine + "\n")
        }
        return status
    }
}
