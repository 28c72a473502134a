package import Fleet
package import Spec

/// How a run reaches its nodes; it lasts from round to round.
package protocol FleetAccess: Sendable {
    /// Begins a round over the nodes of a spec; those that cannot be reached say so when they are looked at.
    func begin(_ cluster: Cluster) async -> any FleetSession

    /// Closes everything.
    func close() async
}

extension NodeConnections: FleetAccess {
    package func begin(_ cluster: Cluster) async -> any FleetSession { await FleetRound.begin(cluster, over: self) }
}

extension FleetAccess {
    /// Has a round for the duration of `body`, and ends it however that ends.
    ///
    /// It is ended even where the run was cancelled: a lock is given back, not left to run out.
    package func withRound<Value, Failure: Error>(
        over cluster: Cluster, _ body: (any FleetSession) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let session = await begin(cluster)
        let result: Result<Value, Failure>
        do throws(Failure) {
            result = .success(try await body(session))
        } catch {
            result = .failure(error)
        }
        await Task { await session.end() }.value
        return try result.get()
    }

    /// Closes even where the run was cancelled.
    package func closeAnyway() async {
        await Task { await close() }.value
    }
}
