import Fleet
import Reconciler
import Spec

/// The open connections of a run: what a verb needs of the nodes.
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

    /// Gives the locks back and closes everything.
    func close() async
}

extension FleetConnection: FleetSession {}

/// How a run reaches its nodes; tests put a fleet of their own here.
typealias FleetOpening = @Sendable (Cluster, ConnectionSettings) async -> any FleetSession

extension FleetSession {
    /// Closes even where the run was cancelled: a lock is given back, not left to run out.
    func closeAnyway() async {
        await Task { await close() }.value
    }
}
