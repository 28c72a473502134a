extension SerialThread {
    /// Runs work that blocks on a thread of its own, and gives what comes of it.
    ///
    /// It runs to its end even where the task is cancelled.
    package static func run<Value: Sendable>(
        _ label: String, _ work: @escaping @Sendable () -> Value
    ) async -> Value {
        let thread = SerialThread(label: label)
        return await withCheckedContinuation { continuation in
            thread.add { continuation.resume(returning: work()) }
        }
    }
}
