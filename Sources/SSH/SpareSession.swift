/// Another session with the same server, for what that has no room for in the first one; opened when it is first needed.
///
/// A server's MaxSessions counts the commands of one connection. Hardening guides set it as low as 1, which the command
/// that holds a lock would take for itself.
actor SpareSession {
    /// How many may follow one another.
    static let limit = 3

    private let open: @Sendable () async throws(SSHError) -> Session
    private var opening: Task<Result<Session, SSHError>, Never>?

    init(_ open: @escaping @Sendable () async throws(SSHError) -> Session) { self.open = open }

    /// The session, which stays open until it is closed; one that could not be opened is tried again.
    func session() async throws(SSHError) -> Session {
        let task = opening ?? Task { [open] in await Self.result(of: open) }
        opening = task
        let result = await task.value
        if case .failure = result { opening = nil }
        return try result.get()
    }

    func close() async {
        guard let opening, case .success(let session) = await opening.value else { return }
        await session.close()
    }

    private static func result(of open: @Sendable () async throws(SSHError) -> Session) async -> Result<
        Session, SSHError
    > {
        do throws(SSHError) { return .success(try await open()) } catch { return .failure(error) }
    }
}
