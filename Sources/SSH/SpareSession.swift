/// Another session with the same server, for what that has no room for in the first one; opened when it is first needed.
///
/// A server's MaxSessions counts the commands of one connection. Hardening guides set it as low as 1, which the command
/// that holds a lock would take for itself.
actor SpareSession {
    /// How many may follow one another.
    static let limit = 3

    private let target: String
    private let open: @Sendable () async throws(SSHError) -> Session
    private var opening: Task<Result<Session, SSHError>, Never>?
    private var isClosed = false

    /// - Parameter target: the node as messages call it.
    init(target: String, _ open: @escaping @Sendable () async throws(SSHError) -> Session) {
        self.target = target
        self.open = open
    }

    /// The session, which stays open until it is closed; one that could not be opened is tried again.
    ///
    /// - Throws: once it was closed, also to commands that found no room just before.
    func session() async throws(SSHError) -> Session {
        guard !isClosed else { throw SSHError(target: target, reason: .closed) }
        let task = opening ?? Task { [open] in await Self.result(of: open) }
        opening = task
        let result = await task.value
        // Whoever heard of the failure first may have begun anew.
        if case .failure = result, opening == task { opening = nil }
        return try result.get()
    }

    /// Closes what was opened, and lets nothing more be opened.
    func close() async {
        isClosed = true
        guard let opening, case .success(let session) = await opening.value else { return }
        await session.close()
    }

    private static func result(of open: @Sendable () async throws(SSHError) -> Session) async -> Result<
        Session, SSHError
    > {
        do throws(SSHError) { return .success(try await open()) } catch { return .failure(error) }
    }
}
