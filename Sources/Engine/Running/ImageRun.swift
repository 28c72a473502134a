package import Reconciler
package import Spec

/// Brings base images to nodes or takes them away, without a plan for the rest: lock, survey, check, do.
package struct ImageRun: Sendable {
    private let cluster: Cluster
    private let nodes: Set<Name>
    private let lockTimeout: Duration
    private let observer: any RunObserver

    /// - Parameter nodes: the nodes that are meant.
    package init(_ cluster: Cluster, on nodes: Set<Name>, lockTimeout: Duration, observer: any RunObserver) {
        self.cluster = cluster
        self.nodes = nodes
        self.lockTimeout = lockTimeout
        self.observer = observer
    }

    /// Does what `make` makes of the nodes that are meant and answer; returns how many steps that were.
    ///
    /// - Parameters:
    ///   - needsAll: whether nothing is done where any node of the cluster does not answer.
    ///   - ask: whether these steps may be done; it is not asked where there is none.
    /// - Throws: where something was not done, or a node that is meant does not answer.
    package func perform(
        needsAll: Bool, over access: any FleetAccess, asking ask: ([Step]) async -> Bool = { _ in true },
        _ make: (ImageSteps) -> [Step]
    ) async throws(RunFailure) -> Int {
        try await access.withRound(over: cluster) { (session) async throws(RunFailure) in
            try await perform(needsAll: needsAll, on: session, ask, make)
        }
    }

    private func perform(
        needsAll: Bool, on session: any FleetSession, _ ask: ([Step]) async -> Bool, _ make: (ImageSteps) -> [Step]
    ) async throws(RunFailure) -> Int {
        try await session.lock(patience: lockTimeout, telling: observer)
        let fleet = await Survey.inventory(on: session)
        try RunFailure.checkInterruption()
        let silent = fleet.unknownNodes.filter { needsAll || nodes.contains($0) }.sorted()
        if needsAll, let first = silent.first {
            throw RunFailure(
                "\(first) does not answer, and its instances may use images in folders that nodes share.",
                remedy: "See to it: kvmctl doctor. One that is gone for good is removed from the spec.",
                .nodeUnreachable)
        }
        let steps = make(ImageSteps(cluster, fleet, on: nodes))
        if !steps.isEmpty {
            let isAgreed = await ask(steps)
            try RunFailure.checkInterruption()
            guard isAgreed else {
                observer.note(.declined)
                throw RunFailure(.failed)
            }
        }
        let plan = Plan(cluster: ClusterIdentity(cluster), steps: steps)
        try await DirectRun(cluster: cluster, session: session, observer: observer).run(plan, fleet)
        guard let first = silent.first else { return steps.count }
        throw RunFailure(
            "\(silent.map(\.text).joined(separator: ", ")): no answer, so nothing was done there.",
            remedy: "See why: kvmctl doctor \(first)", .nodeUnreachable)
    }
}
