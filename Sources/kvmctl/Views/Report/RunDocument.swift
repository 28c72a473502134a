import Engine
import Formats
import Reconciler
import Spec

/// The events and the result of a run for programs: one JSON object to a line.
enum RunDocument {
    /// The plan that is about to be carried out.
    static func plan(_ view: PlanView) -> StructuredValue {
        ["event": "plan", "plan": PlanDocument(view).value]
    }

    /// An event of the run; `time` is counted from its start.
    static func event(_ event: ExecutionEvent, at time: Duration) -> StructuredValue {
        switch event {
        case .started(let step):
            [
                "event": "started", "seconds": seconds(time), "step": .text(step.id.text),
                "node": .text(step.node.text),
                "text": .text(step.operation.words.item),
            ]
        case .progress(let step, .bytes(let done, let total)):
            [
                "event": "progress", "seconds": seconds(time), "step": .text(step.id.text), "bytes": .bytes(done),
                "totalBytes": total.map { .bytes($0) } ?? .null,
            ]
        case .progress(let step, .waiting(let what)):
            ["event": "progress", "seconds": seconds(time), "step": .text(step.id.text), "waiting": .text(what)]
        case .progress(let step, .console(let lines)):
            [
                "event": "console", "seconds": seconds(time), "step": .text(step.id.text),
                "instance": .text(step.object.name), "lines": .list(lines.map { .text($0) }),
            ]
        case .progress(let step, .noted(let words)):
            ["event": "note", "seconds": seconds(time), "step": .text(step.id.text), "text": .text(words)]
        case .progress(let step, .migrated(let outcome)):
            [
                "event": "migrated", "seconds": seconds(time), "step": .text(step.id.text),
                "bytes": .bytes(outcome.transferred),
                "downtimeMilliseconds": outcome.downtime.map { .bytes($0) } ?? .null,
                "slowdownPercent": .count(outcome.slowdown), "postCopy": .boolean(outcome.usedPostCopy),
                "text": .text(outcome.words),
            ]
        case .progress(let step, .migration(let state)):
            [
                "event": "progress", "seconds": seconds(time), "step": .text(step.id.text),
                "bytes": .bytes(state.transferred), "totalBytes": .bytes(state.transferred + state.remaining),
                "bytesPerSecond": state.rate.map { .bytes($0) } ?? .null,
                "expectedDowntimeMilliseconds": state.expectedDowntime.map { .bytes($0) } ?? .null,
                "slowdownPercent": .count(state.slowdown), "postCopy": .boolean(state.isPostCopy),
            ]
        case .ended(let step, let outcome):
            .object(
                [
                    .init("event", "ended"), .init("seconds", seconds(time)), .init("step", .text(step.id.text)),
                    .init("node", .text(step.node.text)),
                ] + entries(outcome))
        }
    }

    /// The last line of a run.
    static func result(_ view: ReportView, status: RunStatus) -> StructuredValue {
        [
            "event": "result",
            "exitCode": .integer(Int64(status.exitCode)),
            "interrupted": .boolean(view.report.wasInterrupted),
            "seconds": seconds(view.duration),
            "text": .text(view.sentence),
            "changes": .list(
                view.fates.map { change, fate in
                    [
                        "action": .text(change.action.rawValue), "object": PlanDocument.object(change.object),
                        "outcome": .text(fate.rawValue),
                    ]
                }),
            "failures": .list(
                view.failures.map { step, error in .object([.init("step", .text(step.id.text))] + entries(error)) }),
            "keptDisks": .list(
                view.keptDisks.map {
                    [
                        "instance": .text($0.instance.text), "disk": .text($0.disk.text), "node": .text($0.node.text),
                        "path": .text($0.path),
                    ]
                }),
        ]
    }

    private static func entries(_ outcome: ExecutionReport.Outcome) -> [StructuredValue.Entry] {
        switch outcome {
        case .done: [.init("outcome", "done")]
        case .unchanged: [.init("outcome", "unchanged")]
        case .skipped(let reason): [.init("outcome", "skipped"), .init("reason", .text(reason))]
        case .failed(let error): [.init("outcome", "failed")] + entries(error)
        case .dependencyFailed(let root): [.init("outcome", "dependencyFailed"), .init("because", .text(root.text))]
        case .notStarted: [.init("outcome", "notStarted")]
        }
    }

    private static func entries(_ error: StepError) -> [StructuredValue.Entry] {
        [
            .init("error", .text(error.summary)), .init("causes", .texts(error.causes)),
            .init("remedy", .optional(error.remedy)),
        ]
    }

    /// Whole milliseconds as seconds.
    private static func seconds(_ duration: Duration) -> StructuredValue {
        let (seconds, attoseconds) = duration.components
        return .number(Double(seconds * 1000 + attoseconds / 1_000_000_000_000_000) / 1000)
    }
}
