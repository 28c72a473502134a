import Reconciler
import Roles
import Spec
import Synchronization

/// Nodes in memory, and what goes wrong on them.
///
/// Steps are counted over all nodes from the start of a run, so that a fault hits the same step in every run of a
/// deterministic executor.
final class FakeFleet: Sendable {
    struct State: Sendable {
        var nodes: [Name: FakeNode]
        var fault: Fault?
        var performed = 0
        var isKilled = false
        var lost: Set<Name> = []
        /// The controller's own copy of the last roster it wrote.
        var remembered: Roster?
        /// How often somebody has pushed to every repository.
        var pushes = 0
        /// Steps in the order in which they were tried.
        var log: [StepID] = []
        /// The step that the fault hit.
        var struck: Step?
    }

    let cluster: ClusterIdentity
    private let state: Mutex<State>

    init(_ cluster: ClusterIdentity, _ nodes: [FakeNode]) {
        self.cluster = cluster
        state = Mutex(State(nodes: Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, $0) })))
    }

    /// Another fleet in the same condition, for trying something else on it.
    var copy: FakeFleet {
        let (nodes, remembered, pushes) = state.withLock { ($0.nodes, $0.remembered, $0.pushes) }
        let copy = FakeFleet(cluster, nodes.values.map(\.self))
        copy.state.withLock {
            $0.remembered = remembered
            $0.pushes = pushes
        }
        return copy
    }

    var nodes: [Name: FakeNode] { state.withLock { $0.nodes } }

    /// The steps tried since the run began.
    var log: [StepID] { state.withLock { $0.log } }

    /// The step that the run's fault hit.
    var struck: Step? { state.withLock { $0.struck } }

    /// What no plan may lead to and yet happened, on all nodes.
    var unexpected: [String] { nodes.values.sorted { $0.name < $1.name }.flatMap(\.unexpected) }

    /// Changes nodes behind kvmctl's back.
    func edit(_ change: (inout [Name: FakeNode]) -> Void) {
        state.withLock {
            let before = $0.nodes
            change(&$0.nodes)
            $0.share(since: before)
        }
    }

    /// Has every branch lead to another commit.
    func push() {
        state.withLock { $0.pushes += 1 }
    }

    /// Begins a run in which at most one thing goes wrong; nodes lost in the run before are back.
    func begin(_ fault: Fault? = nil) {
        state.withLock {
            $0.fault = fault
            $0.performed = 0
            $0.isKilled = false
            $0.lost = []
            $0.log = []
            $0.struck = nil
        }
    }

    /// What a run sees that contacts every node but those the spec says are off or lost.
    func observe(_ spec: Cluster) -> ObservedFleet {
        state.withLock { state in
            var seen: [Name: NodeObservation] = [:]
            for (name, node) in spec.nodes {
                guard node.state != .offline, node.state != .lost else {
                    seen[name] = .notContacted
                    continue
                }
                let files = Set(spec.instances.values.flatMap(\.disks).compactMap(\.path))
                seen[name] = FakeFleet.look(state.nodes[name], cluster, files)
            }
            var fleet = ObservedFleet(nodes: seen, remembered: state.remembered)
            for role in spec.instances.values.flatMap(\.roles.values) {
                guard let site = role.value(of: GitWeb.self) else { continue }
                let hash = String(StableHash.digest("\(site.repo) \(site.ref) \(state.pushes)").prefix(40))
                fleet.repositories[GitSource(site)] = .commit(
                    GitCommit(hash: hash, subject: "push \(state.pushes)", kind: .branch))
            }
            return fleet
        }
    }

    var drivers: [Name: any NodeDriver] {
        Dictionary(uniqueKeysWithValues: nodes.keys.map { ($0, FakeDriver(node: $0, fleet: self) as any NodeDriver) })
    }

    fileprivate func observe(node: Name) -> NodeObservation {
        state.withLock { FakeFleet.look($0.nodes[node], cluster) }
    }

    /// Carries out one step as its node would, or as the fault has it.
    func perform(_ step: Step) throws(StepError) -> StepResult {
        try state.withLock { state throws(StepError) in
            if state.isKilled { throw StepError("killed before this") }
            let before = state.nodes
            defer { state.share(since: before) }
            switch step.operation {
            case .roster(.write(let roster)): state.remembered = roster
            case .roster(.delete): state.remembered = nil
            default: break
            }
            if case .move(let part) = step.operation {
                return try state.perform(part.stage, of: part.move, step, cluster)
            }
            state.checkResumption(step)
            guard var node = state.nodes[step.node], !node.isUnknown, !state.lost.contains(step.node) else {
                throw StepError("node \(step.node) does not answer", isNodeLost: true)
            }
            let fault = state.performed == state.fault?.step ? state.fault?.kind : nil
            state.performed += 1
            state.log.append(step.id)
            if fault != nil { state.struck = step }
            if fault == .nodeLost { state.lost.insert(step.node) }
            if let fault, fault.kills, !fault.hasEffect { state.isKilled = true }
            if let fault, !fault.hasEffect { throw StepError("fault before", isNodeLost: fault == .nodeLost) }
            defer { state.nodes[step.node] = node }
            let result = try node.perform(step, of: cluster, isMidway: fault?.isMidway ?? false)
            guard let fault else { return result }
            if fault == .nodeLostAfterEffect { state.lost.insert(step.node) }
            if fault == .killedAfterEffect || fault == .killedMidway { state.isKilled = true }
            throw StepError("fault after", isNodeLost: fault == .nodeLostAfterEffect)
        }
    }

    private static func look(
        _ node: FakeNode?, _ cluster: ClusterIdentity, _ files: Set<String> = []
    ) -> NodeObservation {
        guard let node, !node.isUnreachable else {
            return .unknown(
                Unreachable(cause: .timeout, summary: "no answer within 10 s", remedy: "see whether it is on"))
        }
        let observed = node.observed(by: cluster, files)
        return observed.storageProblem(for: cluster).map { .unknown($0) } ?? .answered(observed)
    }
}

/// One node of a fake fleet, as the executor sees it.
private struct FakeDriver: NodeDriver {
    let node: Name
    let fleet: FakeFleet

    func observe() async -> NodeObservation { fleet.observe(node: node) }

    func perform(
        _ step: Step, report: @escaping @Sendable (StepProgress) -> Void
    ) async throws(StepError) -> StepResult {
        try fleet.perform(step)
    }
}
