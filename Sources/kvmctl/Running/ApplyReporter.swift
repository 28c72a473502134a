import Engine
import Formats
import Reconciler
import Spec
import Synchronization

/// Shows a run that carries out a plan, as it happens.
final class ApplyReporter: RunObserver {
    private let cluster: Cluster
    private let format: RunFormat
    private let isQuiet: Bool
    private let removal: String?
    private let watchesConsole: Bool
    private let log: RunLog?
    private let context: RunContext
    private let steps = Mutex<StepReporter?>(nil)

    /// - Parameters:
    ///   - isQuiet: whether a plan without anything to do, and without a refusal, is not shown.
    ///   - watchesConsole: whether what guests print while they are installed is shown.
    ///   - removal: the command that removes data disks that are kept, where that is worth saying.
    init(
        _ cluster: Cluster, _ format: RunFormat, isQuiet: Bool = false, removal: String? = nil,
        watchesConsole: Bool = false, log: RunLog?, in context: RunContext
    ) {
        self.cluster = cluster
        self.format = format
        self.isQuiet = isQuiet
        self.removal = removal
        self.watchesConsole = watchesConsole
        self.log = log
        self.context = context
    }

    func note(_ event: RunEvent) {
        switch event {
        case .planned(let plan): show(plan)
        case .rejected(let violations): context.say(PlanView.lines(about: violations))
        case .refused(let refusal): show(RefusalView(refusal))
        case .declined: context.say(Line("Nothing was changed."))
        case .interrupted: context.say(Line("Interrupted before anything was changed."))
        case .began:
            let reporter = StepReporter(
                format: format, nodes: cluster.nodes.keys, watchesConsole: watchesConsole, log: log, context: context)
            steps.withLock { $0 = reporter }
        case .step(let event): current?.report(event)
        case .stopping:
            current?.say(
                Line(
                    "Interrupted: running steps are finished or undone, and no new one starts. Ctrl-C again ends at once."
                ))
        case .finished(let result): show(result)
        }
    }

    func accompany() async { await current?.keepAlive() }

    private var current: StepReporter? { steps.withLock { $0 } }

    private func show(_ plan: Plan) {
        let view = PlanView(plan, parts: cluster.parts)
        switch format {
        case _ where isQuiet && !plan.hasSteps && plan.refusals.isEmpty: break
        case .text: context.surroundings.output(view.render(.text, style: context.outputStyle))
        case .json: context.surroundings.output(RunDocument.plan(view).jsonLine + "\n")
        }
    }

    private func show(_ refusal: RefusalView) {
        switch format {
        case .text: context.say(refusal.lines)
        case .json: context.surroundings.output(refusal.value.jsonLine + "\n")
        }
    }

    private func show(_ result: RunResult) {
        let view = ReportView(
            plan: result.plan, report: result.report, duration: result.duration, removal: removal)
        switch format {
        case .text: context.surroundings.output("\n" + view.text(style: context.outputStyle))
        case .json:
            context.surroundings.output(RunDocument.result(view, status: result.status).jsonLine + "\n")
        }
    }
}
