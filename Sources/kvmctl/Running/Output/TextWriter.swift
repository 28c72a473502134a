import Blocking
import Engine
import Glibc
import Synchronization

/// Writes text to a descriptor from a thread of its own, in order, and remembers whether any of it was lost.
///
/// A terminal that is held with Ctrl-S and a pipe that nobody reads block a write for as long as they like. Steps and the
/// lock's heartbeat go on meanwhile; what is to be written waits.
final class TextWriter: Sendable {
    private struct State {
        var waiting = 0
        var loss: FileError?
    }

    private let descriptor: Int32
    private let thread: SerialThread
    private let state = Mutex(State())
    private let reportLoss: @Sendable (FileError) -> Void

    /// - Parameters:
    ///   - thread: writers that share one write in the order in which they were called.
    ///   - reportLoss: called once, when a write fails for the first time, on the thread that writes.
    init(
        descriptor: Int32, thread: SerialThread, reportLoss: @escaping @Sendable (FileError) -> Void = { _ in }
    ) {
        self.descriptor = descriptor
        self.thread = thread
        self.reportLoss = reportLoss
    }

    /// Whether text waits that the other end has not taken yet.
    var isBehind: Bool { state.withLock { $0.waiting > 0 } }

    /// Takes text; never blocks, and may be called from any thread.
    func write(_ text: String) {
        guard !text.isEmpty else { return }
        state.withLock { $0.waiting += 1 }
        thread.add { [self] in
            if state.withLock({ $0.loss == nil }), let loss = put(text) {
                state.withLock { $0.loss = loss }
                reportLoss(loss)
            }
            state.withLock { $0.waiting -= 1 }
        }
    }

    /// Waits until everything that was taken is written, and tells why some of it was not; nil where all of it was.
    func finish() async -> FileError? {
        await thread.drain()
        return state.withLock { $0.loss }
    }

    /// Writes all of the text; blocks.
    private func put(_ text: String) -> FileError? {
        var text = text
        return text.withUTF8 { buffer in
            var rest = UnsafeRawBufferPointer(buffer)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count >= 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                } else if errno == EAGAIN {
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&wait, 1, -1)
                } else if errno != EINTR {
                    return FileError.last
                }
            }
            return nil
        }
    }
}
