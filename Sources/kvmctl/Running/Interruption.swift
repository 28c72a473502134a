import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and SIGTERM: the first ends the run cleanly, the second at once.
final class Interruption: Sendable {
    private let count = Mutex(0)
    // Only kept alive here; never called after `init`, so it does not matter which thread frees them.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    /// Starts to listen.
    ///
    /// - Parameter first: called once, on a queue of its own.
    init(first: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "signals")
        let numbers = [SIGINT, SIGTERM]
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        // A connection that a node closed must end in an error of its own, not in the end of the process.
        signal(SIGPIPE, SIG_IGN)
        for source in sources {
            source.setEventHandler { [self] in
                let seen = count.withLock { seen in
                    seen += 1
                    return seen
                }
                guard seen > 1 else { return first() }
                _exit(RunStatus.interrupted.rawValue)
            }
            source.resume()
        }
    }

    /// Gives signals back their usual meaning, for a program that takes this process over.
    static func restoreDefaults() {
        for number in [SIGINT, SIGTERM, SIGPIPE] { signal(number, SIG_DFL) }
    }
}
