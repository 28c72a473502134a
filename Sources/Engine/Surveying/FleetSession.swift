package import Fleet
package import Reconciler
package import Spec

/// One round over the nodes of a fleet: what a run needs of them.
package protocol FleetSession: Sendable {
    /// A driver for each node that is in use.
    var drivers: [Name: any NodeDriver] { get async }

    /// Looks at all nodes at once.
    func observe() async -> [Name: NodeObservation]

    /// What has to be known from outside guests for their roles.
    func answers(for nodes: [Name: NodeObservation]) async -> RoleAnswers

    /// The nodes as seen, with what the roles of a kind, or of all, offer there now.
    func tryingRoles(_ nodes: [Name: NodeObservation], of kind: RoleKey?) async -> [Name: NodeObservation]

    /// Runs a command in a guest and waits for it.
    func run(_ command: GuestCommand, in place: GuestPlace) async -> GuestCommand.Outcome

    /// Takes a picture of a running instance's screen.
    func screenshot(of place: GuestPlace) async throws -> Screenshot

    /// Opens a way to a running instance's screen, which is there until the round ends.
    func openScreen(of place: GuestPlace) async throws -> OpenScreen

    /// Checks the paths of the migrations that a plan wants to make.
    func look(at moves: [InstanceMove]) async -> [MigrationPath: ObservedRoute]

    /// Hashes base images that a plan has to know more of.
    func hash(_ images: [ImageQuestion]) async -> [ImageQuestion: Checksum]

    /// Takes the cluster's lock on every node that answers; waits up to `patience` for another holder.
    func lock(for owner: LockOwner, patience: Duration) async throws(LockRefusal)

    /// Gives the locks back.
    func end() async
}

extension FleetRound: FleetSession {}
