import ArgumentParser
import Blocking
import Engine
import Fleet
import Foundation
import Glibc
import Reconciler

/// The file of `--log`: every step and every remote call with its duration, a line each, readable by its owner only.
///
/// Secrets never get this far: steps hold references, and calls are named by what they do to which object.
final class RunLog: Sendable {
    private let descriptor: Int32
    private let writer: TextWriter

    /// Opens the file for appending, and makes it if it is not there.
    ///
    /// - Parameter reportLoss: called once where it cannot be written any more; the run goes on.
    init(path: String, reportLoss: @escaping @Sendable (FileError) -> Void = { _ in }) throws(FileError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError.last }
        writer = TextWriter(descriptor: descriptor, thread: SerialThread(label: "log"), reportLoss: reportLoss)
        var information = stat()
        // A device such as /dev/null is everybody's and keeps its permissions.
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return }
        guard fchmod(descriptor, 0o600) == 0 else {
            let error = FileError.last
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// Waits until everything is written; false where some of it is lost.
    func isComplete() async -> Bool { await writer.finish() == nil }

    /// The same for a run that is otherwise done.
    ///
    /// - Throws: the exit code where some of the log is lost; why has been said by then.
    func requireComplete() async throws {
        guard await isComplete() else { throw ExitCode(.failed) }
    }

    /// Writes one line with the time before it; may be called from any thread.
    func write(_ text: String) {
        let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        writer.write("\(time) \(Printable.escaped(text))\n")
    }

    /// Writes down a call to a node that has ended.
    func record(_ entry: RemoteLog.Entry) {
        let outcome = entry.failure.map { ": failed: \($0)" } ?? ""
        write("\(entry.node) call \(entry.call) (\(RunLog.milliseconds(entry.duration)))\(outcome)")
    }

    /// Writes down what happened to a step; how far it is is left out, what it came to is not.
    func record(_ event: ExecutionEvent, duration: Duration?) {
        switch event {
        case .started(let step): write("\(step.node) step \(step.id) started: \(step.operation.words.item)")
        case .progress(let step, .migrated(let outcome)): write("\(step.node) step \(step.id): \(outcome.words)")
        case .progress(let step, .noted(let words)): write("\(step.node) step \(step.id): \(words)")
        case .progress: break
        case .ended(let step, let outcome):
            let took = duration.map { " (\(RunLog.milliseconds($0)))" } ?? ""
            write("\(step.node) step \(step.id) \(RunLog.words(outcome))\(took)")
        }
    }

    private static func words(_ outcome: ExecutionReport.Outcome) -> String {
        switch outcome {
        case .done: "done"
        case .unchanged: "unchanged"
        case .skipped(let reason): "skipped: \(reason)"
        case .failed(let error): "failed: " + ([error.summary] + error.causes).joined(separator: ": ")
        case .dependencyFailed(let root): "skipped because of \(root)"
        case .notStarted: "not started"
        }
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
    }
}
