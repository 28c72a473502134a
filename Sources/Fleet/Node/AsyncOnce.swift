/// A value that is made when first asked for, once however many ask at the same time.
///
/// A failure is not kept: the next one to ask tries again.
actor AsyncOnce<Value: Sendable> {
    private var task: Task<Value, any Error>?

    /// The value, made by `make` if nobody has yet.
    func value(_ make: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let running = task ?? Task { try await make() }
        task = running
        do { return try await running.value } catch {
            task = nil
            throw error
        }
    }

    /// The value if it was ever made.
    var current: Value? {
        get async { try? await task?.value }
    }
}
