import Spec

/// The steps of a plan while they are made, with what they need of each other, and what is said of them.
///
/// Emitters add to it. What one needs of another, such as a network that is up, is looked up at the end.
struct PlanGraph {
    /// What takes away for a while, or for good, what an instance offers.
    struct Interruption {
        /// The first step of it.
        let step: StepID
        /// Whether a role changes and its guest runs on; else the guest stops.
        let isRole: Bool
    }

    /// What is said of the plan: of the stages before, and of its steps.
    var findings = Findings()
    private(set) var steps: [PlannedStep] = []
    /// The steps that fulfil requirements.
    private(set) var fulfilling: [Requirement: [StepID]] = [:]
    /// What steps need beside what they say themselves.
    private var additional: [StepID: [Requirement]] = [:]
    /// What steps wait for the end of beside what they say themselves.
    private var additionalAfter: [StepID: [Requirement]] = [:]
    /// What of each instance first takes away what it offers, where it runs.
    private(set) var interruptions: [Name: Interruption] = [:]
    /// The steps that change a domain, by its node and UUID.
    private(set) var domainSteps: [Location: [StepID]] = [:]
    /// The steps of each node that wait for a guest to boot, with its instance.
    private(set) var boots: [Name: [(instance: Name, step: StepID)]] = [:]
    /// The turns of the members of groups.
    private(set) var turns = GroupTurns()
    /// The roster writes that steps wait for on every node.
    private(set) var awaitedRosters: Set<RosterWrite> = []

    /// Data disks that stay when their instance goes or lets go of them.
    var keptDisks: [Roster.KeptDisk]
    /// Kept disks that an instance reuses or that are deleted.
    var releasedPaths: Set<Location>
    /// Members that go when lists do not have them any more, where that can be.
    var departures: [Departure] = []
    /// What half-made domains are defined as anew.
    var resumed: [Name: DomainDefinition] = [:]

    init(_ decisions: Decisions) {
        let stages = [
            decisions.index.findings, decisions.classification.findings, decisions.assignments.findings,
            decisions.identities.findings, decisions.outcomes.findings,
        ]
        for stage in stages { findings.append(stage) }
        keptDisks = decisions.outcomes.keptDisks
        releasedPaths = decisions.outcomes.releasedPaths
    }

    /// A graph with nothing in it, which stands in while another has it.
    init(empty: ()) {
        keptDisks = []
        releasedPaths = []
    }

    /// Adds a step, which fulfils a requirement of others.
    mutating func add(_ step: PlannedStep, as requirement: Requirement? = nil) {
        steps.append(step)
        if let requirement { fulfil(requirement, by: [step.id]) }
        if let domain = step.operation.domain {
            domainSteps[Location(node: step.node, what: domain.text), default: []].append(step.id)
        }
        for case .everyRoster(let write) in step.after { awaitedRosters.insert(write) }
        guard step.operation.isReadyWait, let instance = Name(step.object.name) else { return }
        boots[step.node, default: []].append((instance: instance, step: step.id))
        fulfil(.ready(instance, on: step.node), by: [step.id])
        fulfil(.back(instance), by: [step.id])
    }

    /// Puts steps before all others.
    mutating func putFirst(_ new: [PlannedStep]) { steps.insert(contentsOf: new, at: 0) }

    /// Says after which steps a requirement is fulfilled.
    mutating func fulfil(_ requirement: Requirement, by steps: [StepID]) { fulfilling[requirement] = steps }

    /// Whether a step is there that fulfils a requirement.
    func isFulfilled(_ requirement: Requirement) -> Bool { fulfilling[requirement] != nil }

    /// Has a step wait for something else as well.
    mutating func require(_ requirement: Requirement, before step: StepID) {
        additional[step, default: []].append(requirement)
    }

    /// Has a step wait for the end of something else as well, however that ends.
    mutating func await(_ requirement: Requirement, before step: StepID) {
        additionalAfter[step, default: []].append(requirement)
    }

    /// Notes the first step that takes away what an instance offers; `isRole` says that its guest runs on.
    mutating func noteInterruption(of instance: Name, by step: StepID, isRole: Bool = false) {
        guard interruptions[instance] == nil else { return }
        interruptions[instance] = Interruption(step: step, isRole: isRole)
    }

    /// Notes that a member of a group is away already, until something is fulfilled.
    mutating func noteAbsence(of instance: Instance, until ready: Requirement) {
        turns.take(instance, .isAway, ready: ready)
    }

    /// Has a member of a group take its turn, and says what its first step needs for that.
    mutating func takeTurn(_ instance: Instance, _ cause: GroupTurns.Cause) -> [Requirement] {
        guard instance.group != nil else { return [] }
        turns.take(instance, cause)
        return [.turn(of: instance.name)]
    }

    /// The steps with what they need, which all are known now.
    ///
    /// - Parameter hasManyNodes: whether more than one node answers, so that nodes have to be told of each other.
    func resolved(hasManyNodes: Bool) -> [Step] {
        steps.map { step in
            let requires = additional[step.id].map { step.requires + $0 } ?? step.requires
            let after = additionalAfter[step.id].map { step.after + $0 } ?? step.after
            return Step(
                id: step.id, node: step.node, object: step.object, operation: step.operation,
                expectation: step.expectation, requires: resolved(requires, hasManyNodes),
                after: resolved(after, hasManyNodes))
        }
    }

    /// The steps that a step waits for by itself, as far as that is known now.
    func waits(of step: PlannedStep, hasManyNodes: Bool) -> [StepID] {
        resolved(
            step.requires + (additional[step.id] ?? []) + step.after + (additionalAfter[step.id] ?? []), hasManyNodes)
    }

    private func resolved(_ requirements: [Requirement], _ hasManyNodes: Bool) -> [StepID] {
        if requirements.isEmpty { return [] }
        var found: [StepID] = []
        found.reserveCapacity(requirements.count)
        for requirement in requirements {
            switch requirement {
            case .step(let id): found.append(id)
            case .roster(let write, let node): found.append(write.step(on: node))
            case .everyRoster(let write): if hasManyNodes { found.append(write.barrier) }
            case .pool, .image, .network, .back, .turn, .earlierBoot: found += fulfilling[requirement] ?? []
            // Without such a step the plan is wrong: the checker refuses it for a step that is not there.
            case .ready, .recorded, .rebased: found += fulfilling[requirement] ?? [StepID("\(requirement)")]
            }
        }
        return found.count < 2 ? found : found.uniqued()
    }
}
