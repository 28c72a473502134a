package import Fleet
package import Reconciler
package import Roles
package import Spec

/// A bench of real nodes: an instance of a spec that has the role.
package struct RoleTestFleet: RoleTestBench {
    private let planning: Planning
    private let instance: Name
    private let role: Name
    private let lockTimeout: Duration
    private let observer: any RunObserver
    private let access: any FleetAccess

    /// - Parameters:
    ///   - planning: for the spec that has the role.
    ///   - observer: is told of each apply.
    package init(
        _ planning: Planning, instance: Name, role: Name, lockTimeout: Duration, observer: any RunObserver,
        over access: any FleetAccess
    ) {
        self.planning = planning
        self.instance = instance
        self.role = role
        self.lockTimeout = lockTimeout
        self.observer = observer
        self.access = access
    }

    package func apply(withRole hasRole: Bool) async throws(RunFailure) {
        var cluster = planning.cluster
        if !hasRole { cluster.instances[instance]?.roles[role] = nil }
        try await carryOut(
            Planning(
                cluster, inputs: planning.inputs, intent: .apply(deleteData: false),
                options: PlanningOptions(retries: true), in: planning.environment), .limited(0))
    }

    /// Deletes everything that the spec has.
    package func destroy() async throws(RunFailure) {
        try await carryOut(
            Planning(planning.cluster, inputs: Inputs(), intent: .destroy(deleteData: true), in: planning.environment),
            .wanted)
    }

    private func carryOut(_ planning: Planning, _ deletions: Consent.Deletions) async throws(RunFailure) {
        let run = ApplyRun(
            planning, consent: Consent(deletions: deletions, ask: nil), lockTimeout: lockTimeout,
            limits: Executor.Limits(), observer: observer)
        let status = await run.run(over: access).status
        guard status == .success else { throw RunFailure(status) }
    }

    package func plan() async throws(RunFailure) -> Plan {
        let planning = planning
        let fleet = await access.withRound(over: planning.cluster) { await Survey.forPlanning(planning, on: $0) }
        try RunFailure.checkInterruption()
        return planning.plan(fleet).plan
    }

    package func look() async throws(RunFailure) -> ObservedPackage? {
        let fleet = await access.withRound(over: planning.cluster) { await Survey.inventory(on: $0) }
        try RunFailure.checkInterruption()
        let domain = try InstanceRun.place(of: instance.text, planning.cluster, fleet).domain
        guard case .known(let roles)? = domain.roles[Packages.self] else { return nil }
        return roles[role]
    }

    package func run(_ script: Script) async throws(RunFailure) -> String {
        let (cluster, instance) = (planning.cluster, instance)
        return try await access.withRound(over: cluster) { (session) async throws(RunFailure) in
            let fleet = await Survey.inventory(on: session)
            let (node, domain) = try InstanceRun.place(of: instance.text, cluster, fleet)
            // A fleet in memory has no guests.
            guard let round = session as? FleetRound else {
                throw RunFailure("\(instance) cannot be reached", remedy: nil)
            }
            let given = domain.mark?.nics.sorted { $0.key < $1.key }.compactMap(\.value.address) ?? []
            let place = GuestPlace(
                node: node.name, uuid: domain.uuid, name: domain.name,
                addresses: given + domain.seenAddresses.filter { !given.contains($0) })
            return try await RoleTestFleet.run(script, at: place, in: round)
        }
    }

    private static func run(
        _ script: Script, at place: GuestPlace, in round: FleetRound
    ) async throws(RunFailure) -> String {
        do {
            let guest = try await round.guest(at: place)
            guard let outcome = try await guest.channel.run(script, input: [], timeout: .seconds(120)) else {
                throw RunFailure("the guest agent of \(place.name) does not run commands", remedy: nil)
            }
            guard outcome.exitCode == 0 else { throw RunFailure("in \(place.name): \(outcome.words)", remedy: nil) }
            return outcome.output
        } catch let failure as RunFailure {
            throw failure
        } catch {
            throw RunFailure("\(place.name): \(PlainText.line(String(describing: error)))", remedy: nil)
        }
    }
}
