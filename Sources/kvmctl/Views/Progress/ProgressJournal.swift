import Reconciler
import Spec

/// What a run has done and is doing, from its events: which lines to print, and what is going on now.
///
/// A value without a clock: every call says what time it is, counted from the start of the run.
struct ProgressJournal: Sendable {
    private struct Running: Sendable {
        var step: Step
        var since: Duration
        var progress: StepProgress?
        var outcome: String?
    }

    private var running: [StepID: Running] = [:]
    private let nodeWidth: Int
    private(set) var durations: [StepID: Duration] = [:]

    init(nodes: some Sequence<Name>) {
        nodeWidth = nodes.map(\.text.count).max() ?? 0
    }

    /// Takes an event in and returns the line that it is worth, if any.
    ///
    /// Only long steps have a line when they start. Steps that never began have none: the report names them.
    mutating func line(for event: ExecutionEvent, at time: Duration) -> Line? {
        switch event {
        case .started(let step):
            running[step.id] = Running(step: step, since: time)
            return step.operation.words.isLong ? line(step, Span("…", .quiet), step.operation.words.item) : nil
        case .progress(let step, let progress):
            if case .migrated(let outcome) = progress {
                running[step.id]?.outcome = outcome.words
            } else {
                running[step.id]?.progress = progress
            }
            return nil
        case .ended(let step, let outcome):
            guard let ended = running.removeValue(forKey: step.id) else { return nil }
            let duration = time - ended.since
            durations[step.id] = duration
            return line(step, outcome, duration, ended.outcome)
        }
    }

    private func line(
        _ step: Step, _ outcome: ExecutionReport.Outcome, _ duration: Duration, _ words: String?
    ) -> Line? {
        let took = duration > .seconds(1) ? "  (\(Printable.duration(duration)))" : ""
        switch outcome {
        case .done:
            return line(step, Span("✓", .addition), step.operation.words.item + (words.map { ": " + $0 } ?? "") + took)
        case .unchanged: return line(step, Span("=", .quiet), "\(step.operation.words.item): nothing to do\(took)")
        case .skipped(let reason): return line(step, Span("!", .change), "\(step.operation.words.item): \(reason)")
        case .failed(let error):
            return line(step, Span("✗", .alarm), "\(step.operation.words.item): \(error.summary)\(took)")
        case .dependencyFailed, .notStarted: return nil
        }
    }

    private func line(_ step: Step, _ sign: Span, _ text: String) -> Line {
        let node = Span("  " + step.node.text).padded(to: nodeWidth + 4)
        return Line([node, sign, Span(" " + text)], hang: nodeWidth + 6)
    }

    /// What is going on now, the longest first: for a line that says that the run is alive.
    func activity(at time: Duration, barWidth: Int? = nil) -> Line? {
        let oldest = running.values.min { ($0.since, $0.step.id.text) < ($1.since, $1.step.id.text) }
        guard let oldest else { return nil }
        var text = "\(oldest.step.operation.words.item), \(Printable.duration(time - oldest.since))"
        switch oldest.progress {
        case .bytes(let done, let total?):
            let amount = "\(Printable.size(done)) of \(Printable.size(total))"
            text += ": " + (barWidth.map { "\(ProgressJournal.bar(done, of: total, width: $0)) " } ?? "") + amount
        case .bytes(let done, nil): text += ": \(Printable.size(done))"
        case .waiting(let what): text += ": \(what)"
        case .migration(let state):
            let total = state.transferred + state.remaining
            let bar = barWidth.map { "\(ProgressJournal.bar(state.transferred, of: total, width: $0)) " } ?? ""
            text += ": " + bar + state.words
        case .migrated(let outcome): text += ": \(outcome.words)"
        case nil: break
        }
        if running.count > 1 { text += "; \(running.count - 1) more" }
        return line(oldest.step, Span("…", .quiet), text)
    }

    /// A bar such as `[#####.....]`.
    static func bar(_ done: UInt64, of total: UInt64, width: Int) -> String {
        let share = total == 0 ? 1 : min(1, Double(done) / Double(total))
        let filled = Int(share * Double(width))
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
    }
}
