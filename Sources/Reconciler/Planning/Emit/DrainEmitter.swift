import Spec

/// Has roles that send work to others take a member out before it stops or changes, and put it back afterwards.
///
/// A step of it waits for nothing but what the member's own steps wait for: so no circle can come of it. What changes
/// the role itself comes before or after the whole of it.
struct DrainEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph
    /// The steps that change roles, by domain and role.
    private(set) var changes: [UniqueID: [Name: StepID]] = [:]
    /// Where each step is that interrupts an instance.
    private(set) var interruptions: [StepID: Int] = [:]
    /// For each instance where the line of the plan stands that stops or changes it.
    private(set) var lines: [String: Int] = [:]
    /// By instance, the roles that it is taken out of, in words.
    var drained: [Name: (roles: [String], isBack: Bool)] = [:]
    /// The steps so far that put somebody back.
    var backs: Set<StepID> = []
    /// What is not drained, by the reason in words.
    var undrained: [String: [Name]] = [:]

    init(decisions: Decisions, graph: PlanGraph) {
        self.decisions = decisions
        self.graph = graph
    }

    mutating func emit() {
        guard !isDestroy, !order.listing.isEmpty else { return }
        index()
        for instance in order.listing.compactMap({ cluster.instances[$0] }) {
            for (role, wanted) in instance.roles.sorted(by: { $0.key < $1.key }) {
                guard let kind = wanted.kind, wanted.references.contains(where: { $0.reference.listed != nil }) else {
                    continue
                }
                plan(kind, role, wanted, instance)
            }
        }
        tell()
    }

    private mutating func index() {
        let wanted = Dictionary(graph.interruptions.map { ($0.value.step, $0.key) }) { first, _ in first }
        for (place, step) in graph.steps.enumerated() {
            if wanted[step.id] != nil { interruptions[step.id] = place }
            guard case .role(let change) = step.operation, !change.isClearing, change.taken == nil else { continue }
            changes[change.uuid, default: [:]][change.role] = step.id
        }
        for (place, change) in graph.findings.changes.enumerated() where change.object.kind == .instance {
            guard change.blocked == nil, [.delete, .replace, .update, .stop].contains(change.action) else { continue }
            lines[change.object.name] = place
        }
    }

    private mutating func plan<Kind: RoleKind>(
        _ kind: Kind.Type, _ role: Name, _ wanted: Role, _ instance: Instance
    ) {
        switch look(kind, role, wanted, instance) {
        case .known(let consumer): plan(consumer)
        case .cannotBeAsked(let why) where wanted.value(of: kind).map(kind.drains) ?? false:
            let listed = listed(by: wanted, of: instance)
            let names = graph.interruptions.keys.filter { isNamed($0, in: listed) && isUp($0) }
            if !names.isEmpty { undrained[why, default: []] += names }
        case .cannotBeAsked, .sendsNothing: break
        }
    }

    /// Says of whom the lines of the plan say nothing yet, and adds to them.
    private mutating func tell() {
        for (name, told) in drained.sorted(by: { $0.key < $1.key }) {
            guard let line = lines[name.text] else { continue }
            let back = told.isBack ? ", and put back afterwards" : ""
            graph.findings.changes[line].details.append(
                "drained from \(told.roles.joined(separator: " and ")) first\(back)")
        }
        for (why, names) in undrained.sorted(by: { $0.key < $1.key }) {
            let names = names.uniqued().sorted()
            let list = names.map(\.text).joined(separator: ", ")
            graph.findings.note(
                about: names.map { .instance($0, on: owned[$0]?.node) },
                "\(list) \(names.count == 1 ? "is" : "are") not drained first: \(why)")
        }
    }
}
