import Fleet
import Reconciler
import Spec
import Synchronization

@testable import kvmctl

/// A fleet of one node in memory, for the flow around a plan: lock, question, limits, report.
///
/// What steps do to real nodes is tested where the drivers are.
final class PretendFleet: FleetAccess, FleetSession {
    private struct State {
        var observed: ObservedFleet
        var refusal: LockRefusal?
        var failure: StepError?
        var performed: [String] = []
        var isClosed = false
        var hasResolvedSites = false
        var hashed: [[ImageQuestion]] = []
    }

    private let state: Mutex<State>
    private let node: Name
    private let repositories: [GitSource: GitAnswer]
    private let digests: [ImageQuestion: Checksum]

    init(
        node: Name, _ observation: NodeObservation, refusal: LockRefusal? = nil, failure: StepError? = nil,
        repositories: [GitSource: GitAnswer] = [:], digests: [ImageQuestion: Checksum] = [:]
    ) {
        self.node = node
        self.digests = digests
        self.repositories = repositories
        state = Mutex(
            State(observed: ObservedFleet(nodes: [node: observation]), refusal: refusal, failure: failure))
    }

    /// The steps that were carried out.
    var performed: [String] { state.withLock { $0.performed } }
    var isClosed: Bool { state.withLock { $0.isClosed } }
    /// What it was asked to hash, each time.
    var hashed: [[ImageQuestion]] { state.withLock { $0.hashed } }
    /// Whether it was asked what the refs of websites lead to.
    var hasResolvedSites: Bool { state.withLock { $0.hasResolvedSites } }

    var drivers: [Name: any NodeDriver] { [node: Driver(node: node, fleet: self)] }

    func observe() async -> ObservedFleet { state.withLock { $0.observed } }

    func resolvingSites(_ fleet: ObservedFleet) async -> ObservedFleet {
        state.withLock { $0.hasResolvedSites = true }
        var fleet = fleet
        fleet.repositories = repositories
        return fleet
    }

    func askingSites(_ fleet: ObservedFleet) async -> ObservedFleet { fleet }

    func look(at moves: [InstanceMove]) async -> [ObservedRoute.Way: ObservedRoute] { [:] }

    func hash(_ images: [ImageQuestion]) async -> [ImageQuestion: Checksum] {
        state.withLock { $0.hashed.append(images) }
        return digests.filter { images.contains($0.key) }
    }

    func lock(for owner: LockOwner, patience: Duration) async throws(LockRefusal) {
        if let refusal = state.withLock({ $0.refusal }) { throw refusal }
    }

    func begin(_ cluster: Cluster) async -> any FleetSession { self }

    func end() async {}

    func close() async { state.withLock { $0.isClosed = true } }

    private struct Driver: NodeDriver {
        let node: Name
        let fleet: PretendFleet

        func observe() async -> NodeObservation { await fleet.observe().nodes[node] ?? .notContacted }

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
