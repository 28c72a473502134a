import Reconciler
import Spec
import Synchronization

/// Shows a run while it goes on: lines on standard error, and one line that is redrawn where that is a terminal.
final class ProgressPrinter: Sendable {
    private struct State: Sendable {
        var journal: ProgressJournal
        var hasActivityLine = false
        var lastPrint: Duration = .zero
    }

    private let state: Mutex<State>
    private let start = ContinuousClock.now
    private let style: Style
    private let isTerminal: Bool
    private let write: @Sendable (String) -> Void
    private let isBehind: @Sendable () -> Bool

    init(nodes: some Sequence<Name>, surroundings: Surroundings, refusesColour: Bool) {
        state = Mutex(State(journal: ProgressJournal(nodes: nodes)))
        style = surroundings.errorStyle(refusesColour: refusesColour)
        isTerminal = surroundings.errorColumns != nil && surroundings.environment["TERM"] != "dumb"
        write = surroundings.errorOutput
        isBehind = surroundings.errorsAreBehind
    }

    /// Takes an event in; may be called from any thread.
    func report(_ event: ExecutionEvent) {
        state.withLock { state in
            let time = ContinuousClock.now - start
            guard let line = state.journal.line(for: event, at: time) else { return }
            erase(&state)
            state.lastPrint = time
            write(line.text(in: style) + "\n")
        }
    }

    /// Prints a line that is no event of the run.
    func say(_ line: Line) {
        state.withLock { state in
            erase(&state)
            write(line.text(in: style) + "\n")
        }
    }

    /// Shows that the run is alive, until the task is cancelled: each second on a terminal, else after 10 s of silence.
    func keepAlive() async {
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            // A terminal that is held gets no more of these until it goes on: they would only pile up.
            guard !isBehind() else { continue }
            state.withLock { state in
                let time = ContinuousClock.now - start
                if isTerminal { return redraw(&state, at: time) }
                guard time - state.lastPrint >= .seconds(10), let line = state.journal.activity(at: time) else {
                    return
                }
                state.lastPrint = time
                write(line.text(in: style) + "\n")
            }
        }
        state.withLock { erase(&$0) }
    }

    /// How long each step took that has ended.
    var durations: [StepID: Duration] { state.withLock { $0.journal.durations } }

    private func redraw(_ state: inout State, at time: Duration) {
        erase(&state)
        let width = (style.width ?? 80) - 1
        guard let line = state.journal.activity(at: time, barWidth: 20, width: width) else { return }
        // A broken line could not be erased again: what does not fit is left out.
        write(String(line.text(in: .plain).prefix(width)))
        state.hasActivityLine = true
    }

    /// Takes the redrawn line away.
    private func erase(_ state: inout State) {
        guard state.hasActivityLine else { return }
        write("\r\u{1b}[K")
        state.hasActivityLine = false
    }
}
