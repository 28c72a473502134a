package import Spec

/// Runs a plan's steps, each when what it needs is done.
///
/// Which steps may run is ``Schedule``'s business, what running means a ``NodeDriver``'s; this is only the concurrency.
package struct Executor: Sendable {
    /// How much runs at once.
    package struct Limits: Sendable, Hashable {
        package var perNode: Int
        package var overall: Int

        package init(perNode: Int = 8, overall: Int = 64) {
            self.perNode = perNode
            self.overall = overall
        }
    }

    let drivers: [Name: any NodeDriver]
    let limits: Limits

    package init(drivers: [Name: any NodeDriver], limits: Limits = Limits()) {
        self.drivers = drivers
        self.limits = limits
    }

    /// Carries out the plan and reports how each step ended; never throws and never stops at the first failure.
    ///
    /// Cancelling the task starts no new steps and lets the running ones finish or undo. Events arrive one at a time
    /// and in order: a step's progress between its start and its end, a cause before what follows from it.
    package func run(_ plan: Plan, report: @escaping @Sendable (ExecutionEvent) -> Void) async -> ExecutionReport {
        let events = EventOrder(report)
        var schedule = Schedule(plan.steps, limits: limits)
        var ended: [Schedule.Ending] = []
        func end(_ endings: [Schedule.Ending]) {
            // A barrier is nothing that happens.
            let endings = endings.filter { !plan.steps[$0.step].operation.isBarrier }
            for ending in endings { events.ended(ending, plan.steps[ending.step]) }
            ended += endings
        }
        end(schedule.rejectBroken())
        let wasInterrupted = await withTaskGroup(of: Schedule.Ending.self) { group in
            var running = 0
            while true {
                while !Task.isCancelled, let index = schedule.next() {
                    let step = plan.steps[index]
                    guard let driver = drivers[step.node] else {
                        end(schedule.end(index, .failed(Executor.noDriver(step))))
                        continue
                    }
                    events.started(index, step)
                    running += 1
                    group.addTask {
                        let outcome = await Executor.perform(step, on: driver) { progress in
                            events.progress(index, step, progress)
                        }
                        return Schedule.Ending(step: index, outcome: outcome)
                    }
                }
                guard running > 0, let ending = await group.next() else { break }
                running -= 1
                // Once interrupted, what follows from an ending does not matter: nothing is to start any more, and
                // what depended on a step that was cut off was not skipped for its sake.
                end(Task.isCancelled ? [schedule.endAlone(ending)] : schedule.end(ending.step, ending.outcome))
            }
            let isCancelled = Task.isCancelled
            let left = schedule.abandon(isCancelled ? .notStarted : nil)
            end(left)
            return isCancelled && ended.contains { !$0.outcome.isSuccess }
        }
        return ExecutionReport(
            outcomes: ended.map { (plan.steps[$0.step], $0.outcome) }, wasInterrupted: wasInterrupted)
    }

    private static func perform(
        _ step: Step, on driver: any NodeDriver, report: @escaping @Sendable (StepProgress) -> Void
    ) async -> ExecutionReport.Outcome {
        do {
            switch try await driver.perform(step, report: report) {
            case .done: return .done
            case .unchanged: return .unchanged
            case .skipped(let reason): return .skipped(reason)
            }
        } catch {
            return .failed(error)
        }
    }

    private static func noDriver(_ step: Step) -> StepError {
        StepError(
            "cannot carry out \(step.id)",
            causes: ["internal error: no connection to node \(step.node) is open"], isNodeLost: true)
    }
}
