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
        /// The first amount of bytes that it told of, and when: what was there before is no work of this run.
        var start: (bytes: UInt64, time: Duration)?
        var outcome: String?

        /// What it is about and how far it is: `web-2: 10.77.0.152 does not answer`.
        func summary(at time: Duration) -> String {
            guard let words = words(barWidth: nil, at: time) else { return step.operation.words.item }
            return "\(step.object.name): \(words)"
        }

        /// How far it is, and how fast it goes on.
        func words(barWidth: Int?, at time: Duration) -> String? {
            progress.map { $0.words(barWidth: barWidth) + pace(at: time) }
        }

        /// Such as `, 12MiB a second, 13 s left`; empty where no bytes are counted, or too few yet.
        private func pace(at time: Duration) -> String {
            guard case .bytes(let done, let total) = progress, let start, done > start.bytes else { return "" }
            let seconds = (time - start.time) / .seconds(1)
            guard seconds >= 1 else { return "" }
            let rate = Double(done - start.bytes) / seconds
            let words = ", \(Printable.size(UInt64(rate))) a second"
            guard let total, total > done, rate >= 1 else { return words }
            return words + ", \(Printable.duration(.seconds(Double(total - done) / rate))) left"
        }
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
            switch progress {
            case .migrated(let outcome): running[step.id]?.outcome = outcome.words
            case .noted(let words):
                let said = running[step.id]?.outcome
                running[step.id]?.outcome = said.map { "\($0); \(words)" } ?? words
            case .bytes(let done, _):
                let start = running[step.id]?.start
                // It begins anew where another way is tried.
                if start.map({ done < $0.bytes }) ?? true { running[step.id]?.start = (done, time) }
                running[step.id]?.progress = progress
            case .waiting, .migration: running[step.id]?.progress = progress
            case .console: break
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
            let noted = words.map { "; \($0)" } ?? ""
            return line(step, Span("✗", .alarm), "\(step.operation.words.item): \(error.summary)\(noted)\(took)")
        case .dependencyFailed, .notStarted: return nil
        }
    }

    private func line(_ step: Step, _ sign: Span, _ text: String) -> Line {
        let node = Span("  " + step.node.text).padded(to: nodeWidth + 4)
        return Line([node, sign, Span(" " + text)], hang: nodeWidth + 6)
    }

    /// What is going on now, the longest first: for a line that says that the run is alive.
    ///
    /// Each guest that is waited for is named with what it lacks, as far as `width` columns take it.
    func activity(at time: Duration, barWidth: Int? = nil, width: Int = 160) -> Line? {
        let steps = running.values.sorted { ($0.since, $0.step.id.text) < ($1.since, $1.step.id.text) }
        guard let oldest = steps.first else { return nil }
        let took = Printable.duration(time - oldest.since)
        var text: String
        if steps.count > 1, case .waiting? = oldest.progress {
            text = "\(oldest.summary(at: time)), \(took)"
        } else {
            let words = oldest.words(barWidth: barWidth, at: time)
            text = "\(oldest.step.operation.words.item), \(took)\(words.map { ": \($0)" } ?? "")"
        }
        let room = width - nodeWidth - 6
        for (number, step) in steps.enumerated().dropFirst() {
            let left = steps.count - number
            let next = "\(text); \(step.summary(at: time))"
            // The words about those that are left out need their place, too.
            let reserve = left > 1 ? "; \(left - 1) more".count : 0
            guard Printable.escaped(next).count + reserve <= room else {
                text += "; \(left) more"
                break
            }
            text = next
        }
        return line(oldest.step, Span("…", .quiet), text)
    }

    /// A bar such as `[#####.....]`.
    static func bar(_ done: UInt64, of total: UInt64, width: Int) -> String {
        let share = total == 0 ? 1 : min(1, Double(done) / Double(total))
        let filled = Int(share * Double(width))
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
    }
}

extension StepProgress {
    /// How far a step is, in words.
    ///
    /// - Parameter barWidth: of a bar before amounts; nil for none.
    fileprivate func words(barWidth: Int?) -> String {
        func bar(_ done: UInt64, of total: UInt64) -> String {
            barWidth.map { "\(ProgressJournal.bar(done, of: total, width: $0)) " } ?? ""
        }
        switch self {
        case .bytes(let done, let total?):
            return bar(done, of: total) + "\(Printable.size(done)) of \(Printable.size(total))"
        case .bytes(let done, nil): return Printable.size(done)
        case .waiting(let what): return what
        case .console(let lines): return lines.last ?? ""
        case .migration(let state):
            return bar(state.transferred, of: state.transferred + state.remaining) + state.words
        case .migrated(let outcome): return outcome.words
        case .noted(let words): return words
        }
    }
}
