import Fleet
import Reconciler
package import Spec

/// Adopts a domain: has its YAML written, marks it, and verifies before that the next plan with that YAML is empty.
///
/// The YAML is written before the mark: a mark without its YAML would make the next apply take the domain for one that
/// left the spec, and a YAML without its mark is only refused.
package struct ImportRun: Sendable {
    /// Which domain becomes which instance.
    package struct Choice: Sendable {
        package let node: Name
        /// The domain's name or UUID.
        package let domain: String
        /// What it will be called; nil for a name made from the domain's.
        package let instance: Name?
        /// Nil where the spec has one part.
        package let part: Name?
        /// How messages name the YAML.
        package let file: String

        package init(node: Name, domain: String, instance: Name?, part: Name?, file: String) {
            self.node = node
            self.domain = domain
            self.instance = instance
            self.part = part
            self.file = file
        }
    }

    let choice: Choice
    private let request: SpecRequest
    private let lockTimeout: Duration
    private let writer: any AdoptionWriter
    private let observer: any RunObserver
    private let environment: RunEnvironment

    var node: Name { choice.node }
    var domain: String { choice.domain }

    /// - Parameter request: the spec without the domain.
    package init(
        _ choice: Choice, into request: SpecRequest, lockTimeout: Duration, writer: any AdoptionWriter,
        observer: any RunObserver, in environment: RunEnvironment
    ) {
        self.choice = choice
        self.request = request
        self.lockTimeout = lockTimeout
        self.writer = writer
        self.observer = observer
        self.environment = environment
    }

    /// Runs to the end.
    ///
    /// - Throws: where the domain was not adopted, or the nodes were not told of it.
    package func run(_ cluster: Cluster, over access: any FleetAccess) async throws(RunFailure) -> AdoptedDomain {
        try await access.withRound(over: cluster) { (session) async throws(RunFailure) in
            try await adopt(cluster, session)
        }
    }

    private func adopt(_ cluster: Cluster, _ session: any FleetSession) async throws(RunFailure) -> AdoptedDomain {
        try await session.lock(patience: lockTimeout, telling: observer)
        let fleet = await Survey.forPlanning(planning(cluster, Inputs()), on: session)
        try RunFailure.checkInterruption()
        let (place, found) = try find(cluster, fleet)
        let name = try chosenName(found, cluster, fleet)
        let part = try chosenPart(cluster)
        let adopted = AdoptedDomain(found, on: place, as: name, in: part, of: cluster)
        let text = writer.text(of: adopted)
        let wanted = try specAfterwards(text)
        let inputs = await environment.resolver.resolution(of: wanted).inputs
        guard let instance = wanted.instances[name] else {
            throw RunFailure("internal error: the YAML of \(domain) does not define it.", remedy: "Please report it.")
        }
        let mark = DomainMark(
            cluster: ClusterIdentity(cluster), part: part, instance: name, uuid: found.uuid, adopting: instance,
            nics: adopted.identities, applied: instance.fields(inputs: inputs))
        try verifyEmpty(found, mark, on: place, wanted, inputs, fleet)
        try await writer.keep(text, of: adopted)
        let step = Step(
            id: StepID("\(place.name)/instance/\(name)/adopt"), node: place.name,
            object: ObjectReference(.instance, name.text, on: place.name),
            operation: .domain(.adopt(uuid: found.uuid, name: found.name, mark: mark)),
            expectation: .unchanged(fingerprint: found.fingerprint))
        let plan = Plan(cluster: ClusterIdentity(cluster), steps: [step])
        try await DirectRun(cluster: wanted, session: session, observer: observer).run(plan, fleet)
        try await tellNodes(wanted, inputs, session)
        return adopted
    }

    /// How an apply would plan: guests and repositories are asked as well.
    private func planning(_ cluster: Cluster, _ inputs: Inputs) -> Planning {
        Planning(cluster, inputs: inputs, intent: .apply(deleteData: false), in: environment)
    }

    /// Writes the rosters that tell of the new instance, where nothing else is to be done.
    private func tellNodes(_ wanted: Cluster, _ inputs: Inputs, _ session: any FleetSession) async throws(RunFailure) {
        let planning = planning(wanted, inputs)
        let fleet = await Survey.forPlanning(planning, on: session)
        var plan = planning.draft(fleet)
        // Rosters that go with other work are written by the apply that does it.
        guard plan.steps.allSatisfy({ $0.object.kind == .roster }) else { return }
        plan.changes = []
        planning.rosterCopy.remember(plan)
        try await DirectRun(cluster: wanted, session: session, observer: observer).run(plan, fleet)
    }

    /// The spec with the new YAML in it.
    private func specAfterwards(_ text: String) throws(RunFailure) -> Cluster {
        let source = SpecSource(file: choice.file, text: text)
        let loaded = SpecReader.load(request, home: environment.home, adding: source)
        guard let cluster = loaded.cluster else {
            throw RunFailure(
                "\(domain) cannot be expressed in the spec.", remedy: "Nothing was changed; see the errors above.",
                .specInvalid, spec: loaded)
        }
        return cluster
    }

    /// Refuses where the next plan would change something of the domain, or complain about it.
    private func verifyEmpty(
        _ found: ObservedDomain, _ mark: DomainMark, on place: ObservedNode, _ wanted: Cluster, _ inputs: Inputs,
        _ observed: ObservedFleet
    ) throws(RunFailure) {
        var node = place
        node.domains = place.domains.map { $0.uuid == found.uuid ? $0.adopted(with: mark) : $0 }
        var fleet = observed
        fleet.nodes[place.name] = .answered(node)
        let plan = Planner.plan(wanted, inputs: inputs, fleet: fleet)
        let about = plan.changes.filter { $0.object.kind == .instance && $0.object.name == mark.instance.text }
        let refused = plan.refusals.filter { $0.object.kind == .instance && $0.object.name == mark.instance.text }
        guard about.isEmpty, refused.isEmpty else {
            let reasons =
                about.map { change in
                    let fields = change.fields.map { "\($0.path): \($0.old ?? "(none)") → \($0.new ?? "(none)")" }
                    return ([change.reason] + fields).joined(separator: "; ")
                } + refused.map(\.reason)
            throw RunFailure(
                "\(found.name) is not adopted, since the next plan would change it: \(reasons.joined(separator: "; ")).",
                remedy: "Nothing was changed. Bring the domain to a stable state (running or off), and try again.",
                .refused)
        }
    }
}

extension DomainMark {
    /// The mark of a domain that was there before kvmctl: nothing is waited for and nothing made.
    fileprivate init(
        cluster: ClusterIdentity, part: Name, instance: Name, uuid: UniqueID, adopting wanted: Instance,
        nics: [Name: NIC], applied: [String: String]
    ) {
        self.init(
            cluster: cluster, part: part, instance: instance, uuid: uuid, phase: .active, wasReady: true,
            protect: wanted.protect, baseImage: "", nics: nics, applied: applied)
        isAdopted = true
    }
}
