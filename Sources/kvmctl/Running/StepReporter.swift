import Formats
import Reconciler
import Spec
import Synchronization

/// Passes the events of steps on to whoever wants them: the terminal or a program, and the log.
final class StepReporter: Sendable {
    private let printer: ProgressPrinter?
    private let log: RunLog?
    private let output: @Sendable (String) -> Void
    private let watchesConsole: Bool
    private let start = ContinuousClock.now
    private let starts = Mutex<[StepID: Duration]>([:])

    /// - Parameter watchesConsole: whether what guests print while they are installed is shown.
    init(
        format: RunFormat, nodes: some Sequence<Name>, watchesConsole: Bool = false, log: RunLog?, context: RunContext
    ) {
        self.log = log
        self.watchesConsole = watchesConsole
        output = context.surroundings.output
        switch format {
        case .text:
            printer = ProgressPrinter(
                nodes: nodes, surroundings: context.surroundings, refusesColour: context.appearance.refusesColour)
        case .json:
            printer = nil
        }
    }

    /// Takes an event in; may be called from any thread.
    func report(_ event: ExecutionEvent) {
        let time = ContinuousClock.now - start
        if case .progress(let step, .console(let lines)) = event {
            guard watchesConsole else { return }
            if printer != nil {
                for line in lines { say(Line([Span("  \(step.object.name)| ", .quiet), Span(line)])) }
                return
            }
        }
        log?.record(event, duration: duration(event, at: time))
        guard let printer else { return output(RunDocument.event(event, at: time).jsonLine + "\n") }
        printer.report(event)
    }

    /// Prints a line for people between those of the run.
    func say(_ line: Line) {
        printer?.say(line)
    }

    /// Shows that the run is alive until the task is cancelled.
    func keepAlive() async {
        await printer?.keepAlive()
    }

    /// How long the step took that an event ends.
    private func duration(_ event: ExecutionEvent, at time: Duration) -> Duration? {
        starts.withLock { starts in
            switch event {
            case .started(let step):
                starts[step.id] = time
                return nil
            case .progress: return nil
            case .ended(let step, _): return starts.removeValue(forKey: step.id).map { time - $0 }
            }
        }
    }
}
