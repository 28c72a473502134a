package import Reconciler
package import Spec

/// Does one thing to one instance, without a plan for the rest: lock, survey, check, do.
package struct InstanceRun: Sendable {
    private let instance: String
    private let cluster: Cluster
    private let lockTimeout: Duration
    private let observer: any RunObserver
    /// Asks somebody; nil where nobody is asked.
    private let ask: (@Sendable () async -> Bool)?

    package init(
        _ instance: String, in cluster: Cluster, lockTimeout: Duration, observer: any RunObserver,
        ask: (@Sendable () async -> Bool)? = nil
    ) {
        self.instance = instance
        self.cluster = cluster
        self.lockTimeout = lockTimeout
        self.observer = observer
        self.ask = ask
    }

    /// Where the instance is, and what is known of it.
    package struct Place {
        package let cluster: Cluster
        package let node: ObservedNode
        package let domain: ObservedDomain
        package let mark: DomainMark
    }

    /// Why something cannot be done to the instance, and what to do.
    package struct Problem: Error {
        let reason: String
        let remedy: String

        package init(reason: String, remedy: String) {
            self.reason = reason
            self.remedy = remedy
        }
    }

    /// Does what `operation` makes of the instance; `topic` ends the step's name.
    ///
    /// - Throws: where it was not done, or not wholly.
    package func change(
        _ topic: String, over access: any FleetAccess, _ operation: (Place) throws(Problem) -> Reconciler.Operation
    ) async throws(RunFailure) {
        try await access.withRound(over: cluster) { (session) async throws(RunFailure) in
            try await change(topic, on: session, operation)
        }
    }

    private func change(
        _ topic: String, on session: any FleetSession, _ operation: (Place) throws(Problem) -> Reconciler.Operation
    ) async throws(RunFailure) {
        try await session.lock(patience: lockTimeout, telling: observer)
        let fleet = await Survey.inventory(on: session)
        try RunFailure.checkInterruption()
        let step = try step(topic, in: fleet, operation)
        try await requireConsent()
        let plan = Plan(cluster: ClusterIdentity(cluster), steps: [step])
        try await DirectRun(cluster: cluster, session: session, observer: observer).run(plan, fleet)
    }

    private func step(
        _ topic: String, in fleet: ObservedFleet, _ operation: (Place) throws(Problem) -> Reconciler.Operation
    ) throws(RunFailure) -> Step {
        let (node, domain) = try InstanceRun.place(of: instance, cluster, fleet)
        guard let mark = domain.mark, cluster.parts.contains(mark.part) else {
            throw RunFailure(
                "\(instance) belongs to a part that the files of this run do not declare.",
                remedy: "Pass the files of its part with -f.", .refused)
        }
        do throws(Problem) {
            return Step(
                id: StepID("\(node.name)/instance/\(mark.instance)/\(topic)"), node: node.name,
                object: ObjectReference(.instance, mark.instance.text, on: node.name),
                operation: try operation(Place(cluster: cluster, node: node, domain: domain, mark: mark)),
                expectation: .unchanged(fingerprint: domain.fingerprint))
        } catch {
            throw RunFailure("\(instance): \(error.reason).", remedy: error.remedy, .refused)
        }
    }

    private func requireConsent() async throws(RunFailure) {
        guard let ask else { return }
        let isAgreed = await ask()
        try RunFailure.checkInterruption()
        guard isAgreed else {
            observer.note(.declined)
            throw RunFailure(.failed)
        }
    }

    /// Where an instance of this cluster is.
    ///
    /// - Throws: where it is nowhere that answers.
    package static func place(
        of instance: String, _ cluster: Cluster, _ fleet: ObservedFleet
    ) throws(RunFailure) -> (node: ObservedNode, domain: ObservedDomain) {
        let identity = ClusterIdentity(cluster)
        var places: [(node: ObservedNode, domain: ObservedDomain)] = []
        for node in fleet.answeredNodes {
            for domain in node.domains where domain.mark?.cluster == identity && domain.mark?.instance.text == instance
            {
                places.append((node, domain))
            }
        }
        if let only = places.first, places.count == 1 { return only }
        guard let name = Name(instance) else {
            throw RunFailure("\(instance) is not a valid instance name.", remedy: nil, .usage)
        }
        let health = FleetHealth(cluster, fleet).health(of: name)
        guard cluster.instances[name] != nil || health.status != .missing else {
            let unknown = UnknownInstance(instance, in: cluster)
            throw RunFailure(unknown.reason, remedy: unknown.remedy)
        }
        throw RunFailure(
            "\(instance): \(health.reason).", remedy: nil, health.status == .unknown ? .nodeUnreachable : .refused)
    }
}
