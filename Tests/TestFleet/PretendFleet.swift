package import Engine
package import Fleet
package import Reconciler
package import Roles
package import Spec
import Synchronization

/// A fleet of one node in memory, for the flow around a plan: lock, question, limits, report.
///
/// What steps do to real nodes is tested where the drivers are.
package final class PretendFleet: FleetAccess, FleetSession {
    private struct State {
        var observed: [Name: NodeObservation]
        var rounds = 0
        var locks = 0
        var refusal: LockRefusal?
        var failure: StepError?
        var performed: [String] = []
        var isClosed = false
        var hasResolvedSites = false
        var hashed: [[ImageQuestion]] = []
        var commands: [String] = []
    }

    /// What guests say to a command, by the name of its domain.
    package typealias GuestAnswer = @Sendable (_ domain: String, GuestCommand) async -> GuestCommand.Outcome

    private let state: Mutex<State>
    private let node: Name
    private let repositories: [GitSource: GitAnswer]
    private let digests: [ImageQuestion: Checksum]
    private let answer: GuestAnswer
    private let screen: ScreenPlace?

    package init(
        node: Name, _ observation: NodeObservation, refusal: LockRefusal? = nil, failure: StepError? = nil,
        repositories: [GitSource: GitAnswer] = [:], digests: [ImageQuestion: Checksum] = [:],
        screen: ScreenPlace? = nil,
        answer: @escaping GuestAnswer = { _, _ in .unreachable("its guest agent does not answer") }
    ) {
        self.node = node
        self.screen = screen
        self.answer = answer
        self.digests = digests
        self.repositories = repositories
        state = Mutex(
            State(observed: [node: observation], refusal: refusal, failure: failure))
    }

    /// The steps that were carried out.
    package var performed: [String] { state.withLock { $0.performed } }
    /// How many rounds were begun.
    package var rounds: Int { state.withLock { $0.rounds } }
    /// Whether somebody has its lock.
    package var isLocked: Bool { state.withLock { $0.locks > 0 } }
    package var isClosed: Bool { state.withLock { $0.isClosed } }
    /// What it was asked to hash, each time.
    package var hashed: [[ImageQuestion]] { state.withLock { $0.hashed } }
    /// The domains whose guests were given commands, with these.
    package var commands: [String] { state.withLock { $0.commands } }
    /// Whether it was asked what the refs of websites lead to.
    package var hasResolvedSites: Bool { state.withLock { $0.hasResolvedSites } }

    package var drivers: [Name: any NodeDriver] { [node: Driver(node: node, fleet: self)] }

    package func observe() async -> [Name: NodeObservation] { state.withLock { $0.observed } }

    package func answers(for nodes: [Name: NodeObservation]) async -> RoleAnswers {
        state.withLock { $0.hasResolvedSites = true }
        var answers = RoleAnswers()
        answers[GitWeb.self] = repositories
        return answers
    }

    package func tryingRoles(
        _ nodes: [Name: NodeObservation], of kind: RoleKey?
    ) async -> [Name: NodeObservation] { nodes }

    package func run(_ command: GuestCommand, in place: GuestPlace) async -> GuestCommand.Outcome {
        state.withLock { $0.commands.append("\(place.name): \(command.text)") }
        return await answer(place.name, command)
    }

    package func screenshot(of place: GuestPlace) async throws -> Screenshot {
        Screenshot(type: "image/png", bytes: Array("the screen of \(place.name)".utf8))
    }

    package func openScreen(of place: GuestPlace) async throws -> OpenScreen {
        guard let screen else { throw StepProblem("it has no VNC screen") }
        return OpenScreen(screen)
    }

    package func look(at moves: [InstanceMove]) async -> [MigrationPath: ObservedRoute] { [:] }

    package func hash(_ images: [ImageQuestion]) async -> [ImageQuestion: Checksum] {
        state.withLock { $0.hashed.append(images) }
        return digests.filter { images.contains($0.key) }
    }

    package func lock(for owner: LockOwner, patience: Duration) async throws(LockRefusal) {
        if let refusal = state.withLock({ $0.refusal }) { throw refusal }
        state.withLock { $0.locks += 1 }
    }

    package func begin(_ cluster: Cluster) async -> any FleetSession {
        state.withLock { $0.rounds += 1 }
        return self
    }

    package func end() async { state.withLock { $0.locks = 0 } }

    package func close() async { state.withLock { $0.isClosed = true } }

    private struct Driver: NodeDriver {
        let node: Name
        let fleet: PretendFleet

        func observe() async -> NodeObservation { await fleet.observe()[node] ?? .notContacted }

        func perform(
            _ step: Step, report: @escaping @Sendable (StepProgress) -> Void
        ) async throws(StepError) -> StepResult {
            let failure = fleet.state.withLock { state in
                state.performed.append(step.id.text)
                return state.failure
            }
            if let failure { throw failure }
            return .done
        }
    }
}
