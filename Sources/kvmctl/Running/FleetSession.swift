import Fleet
import Reconciler
import Spec

/// How a run reaches its nodes; it lasts from round to round.
protocol FleetAccess: Sendable {
    /// Begins a round over the nodes of a spec; those that cannot be reached say so when they are looked at.
    func begin(_ cluster: Cluster) async -> any FleetSession

    /// Closes everything.
    func close() async
}

/// One round over the nodes: what a verb needs of them.
protocol FleetSession: Sendable {
    /// A driver for each node that is in use.
    var drivers: [Name: any NodeDriver] { get async }

    /// Looks at all nodes at once.
    func observe() async -> ObservedFleet

    /// The same with what the refs of websites lead to now.
    func resolvingSites(_ fleet: ObservedFleet) async -> ObservedFleet

    /// The same with what each website answers now.
    func askingSites(_ fleet: ObservedFleet) async -> ObservedFleet

    /// Looks at the ways of moves that a plan wants to make.
    func look(at moves: [InstanceMove]) async -> [ObservedRoute.Way: ObservedRoute]

    /// Hashes base images that a plan has to know more of.
    func hash(_ images: [ImageQuestion]) async -> [ImageQuestion: Checksum]

    /// Takes the cluster's lock on every node that answers; waits up to `patience` for another holder.
    func lock(for owner: LockOwner, patience: Duration) async throws(LockRefusal)

    /// Gives the locks back.
    func end() async
}

extension FleetRound: FleetSession {}

extension NodeConnections: FleetAccess {
    func begin(_ cluster: Cluster) async -> any FleetSession { await FleetRound.begin(cluster, over: self) }
}

/// How a run reaches its nodes; tests put a fleet of their own here.
typealias FleetOpening = @Sendable (ConnectionSettings) async -> any FleetAccess

extension FleetAccess {
    /// Has a round for the duration of `body`, and ends it however that ends.
    func withRound<Value>(
        over cluster: Cluster, _ body: (any FleetSession) async throws -> Value
    ) async throws -> Value {
        let session = await begin(cluster)
        do {
            let value = try await body(session)
            await session.endAnyway()
            return value
        } catch {
            await session.endAnyway()
            throw error
        }
    }

    /// Closes even where the run was cancelled.
    func closeAnyway() async {
        await Task { await close() }.value
    }
}

extension FleetSession {
    /// Ends even where the run was cancelled: a lock is given back, not left to run out.
    fileprivate func endAnyway() async {
        await Task { await end() }.value
    }
}
