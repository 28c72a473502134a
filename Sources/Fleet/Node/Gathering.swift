/// Hands things on one call at a time; what comes during a call goes together with the next one.
///
/// It is for calls that cost about the same for one thing as for many.
actor Gathering<Item: Sendable> {
    /// What a waiting item is told: what came of it, or that it is its turn to hand on.
    private enum Turn: Sendable {
        case done
        case failed
        case next
    }

    private var isBusy = false
    private var waiting: [(item: Item, continuation: CheckedContinuation<Turn, Never>)] = []

    /// How many items wait for the call that is going on.
    var waitingCount: Int { waiting.count }

    /// Hands an item on, alone or with others, and returns when that is done.
    ///
    /// What fails for several is handed on again for each of them alone, so that everyone gets an error of its own.
    /// - Throws: what `send` throws for this item.
    func hand(_ item: Item, _ send: @Sendable ([Item]) async throws -> Void) async throws {
        if isBusy {
            let turn = await withCheckedContinuation { waiting.append((item, $0)) }
            switch turn {
            case .done: return
            case .failed: return try await send([item])
            case .next: break
            }
        }
        isBusy = true
        let others = waiting
        waiting = []
        do {
            try await send([item] + others.map(\.item))
        } catch {
            for other in others { other.continuation.resume(returning: .failed) }
            passOn()
            guard !others.isEmpty else { throw error }
            return try await send([item])
        }
        for other in others { other.continuation.resume(returning: .done) }
        passOn()
    }

    private func passOn() {
        isBusy = !waiting.isEmpty
        if isBusy { waiting.removeFirst().continuation.resume(returning: .next) }
    }
}
