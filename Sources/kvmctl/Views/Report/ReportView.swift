import Reconciler
import Spec

/// How a run ended: what was done, what failed and why, and what was not done because of it.
struct ReportView {
    let plan: Plan
    let report: ExecutionReport
    let duration: Duration
    /// The command that removes data disks that outlive their instances; nil where that is nobody's question.
    var removal: String?

    /// For people; every cause of a failure appears once.
    func text(style: Style) -> String {
        var page = Page()
        addChanges(to: &page)
        addFailures(to: &page)
        addLeftAlone(to: &page)
        addNotStarted(to: &page)
        addKeptDisks(to: &page)
        page.gap()
        page.add(sentence, .strong)
        return page.text(in: style)
    }

    /// One line such as `Done: 12 steps in 1 m 40 s` or `Failed: 3 steps done in 12.0 s; 1 failed`.
    var sentence: String {
        let done = report.outcomes.count { $0.outcome.isSuccess }
        var clauses: [String] = []
        if !failures.isEmpty { clauses.append("\(failures.count) failed") }
        let dependents = report.outcomes.count { if case .dependencyFailed = $0.outcome { true } else { false } }
        if dependents > 0 { clauses.append("\(dependents) skipped because of that") }
        if !leftAlone.isEmpty { clauses.append("\(leftAlone.count) left alone") }
        if !notStarted.isEmpty { clauses.append("\(notStarted.count) not started") }
        let head = report.wasInterrupted ? "Interrupted after" : failures.isEmpty ? "Done:" : "Failed:"
        let verb = head == "Failed:" ? " done" : ""
        let steps = (DiagnosticsView.phrase(done, "step") ?? "no step")
        let tail = clauses.isEmpty ? "" : "; " + clauses.joined(separator: ", ")
        return "\(head) \(steps)\(verb) in \(Printable.duration(duration))\(tail)"
    }

    /// What became of a change of the plan.
    enum Fate: String {
        case done
        case failed
        case notDone = "not done"
    }

    /// The changes that had steps, each with what became of it.
    var fates: [(change: Change, fate: Fate)] {
        let outcomes = Dictionary(grouping: report.outcomes) {
            Subject(object: $0.step.object, path: $0.step.operation.imagePath)
        }.mapValues { $0.map(\.outcome) }
        return plan.changes.compactMap { change in
            // An image may come to two pools of one node, to one of them in vain.
            let path = change.object.kind == .image ? change.details.first : nil
            let subject = Subject(object: change.object, path: path)
            guard change.blocked == nil, let outcomes = outcomes[subject] else { return nil }
            if outcomes.allSatisfy(\.isSuccess) { return (change, .done) }
            return (change, outcomes.contains { if case .failed = $0 { true } else { false } } ? .failed : .notDone)
        }
    }

    private struct Subject: Hashable {
        var object: ObjectReference
        /// Of an image, where it is.
        var path: String?
    }

    private func addChanges(to page: inout Page) {
        let rows = fates.map { change, fate in
            let sign: Span =
                switch fate {
                case .done: Span("✓", .addition)
                case .failed: Span("✗", .alarm)
                case .notDone: Span("·", .quiet)
                }
            return [
                sign, Span(change.action.rawValue),
                Span("\(change.object.kind.rawValue)/\(change.object.name)", .strong),
                Span(change.object.node?.text ?? ""), Span(fate == .done ? "" : fate.rawValue),
            ]
        }
        page.add(Columns.lines(rows, indent: 2))
    }

    var failures: [(step: Step, error: StepError)] {
        report.outcomes.compactMap { if case .failed(let error) = $0.outcome { ($0.step, error) } else { nil } }
    }

    private var leftAlone: [(step: Step, reason: String)] {
        report.outcomes.compactMap { if case .skipped(let reason) = $0.outcome { ($0.step, reason) } else { nil } }
    }

    private var notStarted: [Step] {
        report.outcomes.compactMap { if case .notStarted = $0.outcome { $0.step } else { nil } }
    }

    /// What was not tried because of this step.
    private func dependents(of step: Step) -> [Step] {
        report.outcomes.compactMap {
            if case .dependencyFailed(let root) = $0.outcome, root == step.id { $0.step } else { nil }
        }
    }

    private func addFailures(to page: inout Page) {
        guard !failures.isEmpty else { return }
        page.gap()
        page.add("Failed", .alarm)
        page.gap()
        for (step, error) in failures {
            page.add(
                Line([Span("  ✗ ", .alarm), Span("\(step.node)", .strong), Span(": \(error.summary)")], hang: 6))
            for cause in error.causes { page.add(ReportView.line(for: cause)) }
            if let remedy = error.remedy { page.add(remedy, indent: 6) }
            addDependents(of: step, to: &page)
        }
    }

    /// A cause; what starts with two spaces is quoted, such as the last lines of a guest's console.
    private static func line(for cause: String) -> Line {
        guard cause.hasPrefix("  ") else { return Line([Span("      because "), Span(cause)], hang: 8) }
        return Line([Span("      │ ", .quiet), Span(Printable.unpainted(String(cause.dropFirst(2))), .quiet)], hang: 8)
    }

    private func addLeftAlone(to page: inout Page) {
        guard !leftAlone.isEmpty else { return }
        page.gap()
        page.add("Left alone", .strong)
        page.gap()
        for (step, reason) in leftAlone {
            page.add(
                Line([Span("  ! ", .change), Span(step.object.description, .strong), Span(": \(reason)")], hang: 6))
            addDependents(of: step, to: &page)
        }
    }

    private func addDependents(of step: Step, to page: inout Page) {
        for dependent in dependents(of: step) {
            page.add(
                Line([Span("      · skipped because of it: ", .quiet), Span(dependent.operation.words.item)], hang: 8))
        }
    }

    /// The data disks that the last roster of the run has on record, sorted by path.
    var keptDisks: [Roster.KeptDisk] {
        let rosters = plan.steps.compactMap { step -> Roster? in
            if case .roster(.write(let roster)) = step.operation { roster } else { nil }
        }
        // A roster that goes has nothing on record any more.
        if plan.steps.contains(where: { $0.operation == .roster(.delete) }) { return [] }
        return rosters.max { $0.age < $1.age }?.keptDisks ?? []
    }

    private func addKeptDisks(to page: inout Page) {
        guard let removal, !keptDisks.isEmpty || !plan.ownersDisks.isEmpty else { return }
        page.gap()
        page.add("Kept data disks", .strong)
        page.gap()
        let rows = keptDisks.map { [Span("\($0.instance).\($0.disk)", .strong), Span($0.node.text), Span($0.path)] }
        let owners = plan.ownersDisks.map { disk in
            [
                Span("\(disk.instance).\(disk.disk)", .strong), Span(disk.node.text), Span(disk.path),
                Span("its owner's: it existed before kvmctl", .quiet),
            ]
        }
        page.add(Columns.lines(rows + owners, indent: 2))
        guard !keptDisks.isEmpty else { return }
        if let first = keptDisks.first {
            page.add("delete one with: \(removal) --delete-disk \(first.instance).\(first.disk)", indent: 2)
        }
        page.add("delete all with: \(removal) --delete-data", indent: 2)
    }

    private func addNotStarted(to page: inout Page) {
        guard !notStarted.isEmpty else { return }
        page.gap()
        page.add("Not started", .strong)
        page.gap()
        for step in notStarted {
            page.add(
                Line([Span("  · "), Span("\(step.node)", .strong), Span(": \(step.operation.words.item)")], hang: 6))
        }
    }
}

extension Reconciler.Operation {
    /// The file of the base image that it brings or removes; nil for anything else.
    fileprivate var imagePath: String? {
        switch self {
        case .storage(.fetchImage(let fetch)): fetch.path
        case .storage(.deleteImage(let path, _)): path
        default: nil
        }
    }
}
