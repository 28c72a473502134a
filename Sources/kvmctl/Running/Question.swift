import Dispatch
import Glibc
import Synchronization

/// A question at the terminal.
enum Question {
    /// Waits for one line from standard input; nil at its end or when the task is cancelled.
    ///
    /// The wait is on a thread of its own, so that Ctrl-C is heard while nobody types.
    static func answer() async -> String? {
        let isCancelled = Flag()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                DispatchQueue(label: "question").async {
                    continuation.resume(returning: read { isCancelled.isSet })
                }
            }
        } onCancel: {
            isCancelled.set()
        }
    }

    /// Whether a text is the full consent that a run asks for.
    static func isConsent(_ answer: String?) -> Bool {
        answer?.filter { !$0.isWhitespace } == "yes"
    }

    private static func read(until isCancelled: () -> Bool) -> String? {
        var line: [UInt8] = []
        while !isCancelled() {
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let ready = poll(&input, 1, 100)
            if ready == 0 || (ready < 0 && errno == EINTR) { continue }
            var byte: UInt8 = 0
            guard ready > 0, Glibc.read(STDIN_FILENO, &byte, 1) == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
            if line.count > 1024 { return nil }
        }
        return nil
    }

    private final class Flag: Sendable {
        private let value = Mutex(false)
        var isSet: Bool { value.withLock { $0 } }
        func set() { value.withLock { $0 = true } }
    }
}
