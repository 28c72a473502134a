import Dispatch
import Engine
import Glibc
import Processes
import Synchronization

/// Ctrl-C, SIGTERM and the terminal's end: the first ends the run cleanly, the second at once.
final class Interruption: Sendable {
    private let firstTime = Mutex<ContinuousClock.Instant?>(nil)
    // Only kept alive here; never called after `init`, so it does not matter which thread frees them.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    /// Starts to listen.
    ///
    /// - Parameter first: called once, on a queue of its own.
    init(first: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "signals")
        // What runs under `nohup` outlives its terminal.
        let numbers = [SIGINT, SIGTERM] + (Interruption.outlivesTerminal ? [] : [SIGHUP])
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        // A connection that a node closed must end in an error of its own, not in the end of the process.
        signal(SIGPIPE, SIG_IGN)
        for source in sources {
            source.setEventHandler { [self] in
                switch take(at: .now) {
                case .first: first()
                case .echo: break
                case .second:
                    // They have no terminal that would end them.
                    LocalProgram.killAll()
                    _exit(RunStatus.interrupted.exitCode)
                }
            }
            source.resume()
        }
    }

    private enum Turn {
        case first, echo, second
    }

    /// A wrapper such as `timeout` passes on what the terminal has sent already: that is no second one.
    private func take(at time: ContinuousClock.Instant) -> Turn {
        firstTime.withLock { first in
            guard let start = first else {
                first = time
                return .first
            }
            return time - start < .milliseconds(500) ? .echo : .second
        }
    }

    private static let outlivesTerminal: Bool = {
        var action = sigaction()
        sigaction(SIGHUP, nil, &action)
        // SIG_IGN, which cannot be compared as a function.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }()

    /// Gives signals back their usual meaning, for a program that takes this process over.
    static func restoreDefaults() {
        for number in [SIGINT, SIGTERM, SIGPIPE] + (outlivesTerminal ? [] : [SIGHUP]) { signal(number, SIG_DFL) }
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
    }
}
