import Engine
import Reconciler
import Spec
import Synchronization

/// Shows a run that does what was asked for by name: its steps, and what of them was not done.
final class DirectReporter: RunObserver {
    private let cluster: Cluster
    private let log: RunLog?
    private let context: RunContext
    private let steps = Mutex<StepReporter?>(nil)

    init(_ cluster: Cluster, log: RunLog?, in context: RunContext) {
        self.cluster = cluster
        self.log = log
        self.context = context
    }

    func note(_ event: RunEvent) {
        switch event {
        case .rejected(let violations): context.say(PlanView.lines(about: violations))
        case .refused(let refusal): context.say(RefusalView(refusal).lines)
        case .declined: context.say(Line("Nothing was changed."))
        case .began:
            let reporter = StepReporter(format: .text, nodes: cluster.nodes.keys, log: log, context: context)
            steps.withLock { $0 = reporter }
        case .step(let event): current?.report(event)
        case .finished(let result): show(result.report)
        case .interrupted: context.say(Line("Interrupted before anything was changed."))
        case .stopping:
            current?.say(
                Line(
                    "Interrupted: running steps are finished or undone, and no new one starts. Ctrl-C again ends at once."
                ))
        // What was asked for by name is no plan to be shown.
        case .planned: break
        }
    }

    func accompany() async { await current?.keepAlive() }

    private var current: StepReporter? { steps.withLock { $0 } }

    private func show(_ report: ExecutionReport) {
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
    }
}
