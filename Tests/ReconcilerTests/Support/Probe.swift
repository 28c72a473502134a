import Reconciler
import Spec
import TestNames

/// A kind of role for tests, which has a number, and refers to whom a test wants; what it is told of them is its state.
enum Probe: RoleKind {
    struct Value: Sendable, Equatable {
        var number = 1
        var references: [PlacedReference] = []
        /// Whether it can take out whom it refers to.
        var drains = false
        /// Whether a change of it is none for those that use it.
        var reloads = false
    }

    struct Observed: Sendable, Equatable {
        var number: Int
        var resolved: [String: ResolvedReference] = [:]
        /// Whether it says of itself that its last change failed.
        var isUnfit = false
        var drains = false
        var drained: Set<Name> = []

        var listed: [Member] {
            resolved.sorted { $0.key < $1.key }.flatMap { _, reference -> [Member] in
                if case .members(let list) = reference { list } else { [] }
            }
        }
        /// What it says that it tried in vain.
        var failed: String?
    }

    enum Action: RoleAction {
        case set(Observed, isInterrupting: Bool)
        case remove
        case take(RoleTaking)

        var secrets: [Secret] { [] }
        var isInterrupting: Bool { if case .set(_, isInterrupting: true) = self { true } else { false } }
        var isClearing: Bool { self == .remove }
        var taken: RoleTaking? { if case .take(let taking) = self { taking } else { nil } }

        func words(role: Name, on domain: String) -> OperationWords {
            OperationWords("setProbe", "set \(role) on \(domain)", purpose: "setting \(role) on \(domain)")
        }
    }

    struct Answers: Sendable, Equatable {}

    static let key: RoleKey = "probe"
    /// What the role of every instance is called that has one.
    static let app = TestNames.name("app")
    static let summary = "A number."
    static let example = "1"
    static var form: Kind<Value> {
        .parsed(
            "a number", { text throws(Complaint) in Value(number: Int(text) ?? 0) }, text: { String($0.number) })
    }

    static func references(_ value: Value) -> [PlacedReference] { value.references }

    static var noAnswers: Answers { Answers() }
    static var words: RoleWords { RoleWords(step: "probe", subject: "its probe") { "the probe of \($0)" } }

    static func check(_ roles: [PlacedRole<Value>]) -> [Diagnostic] { [] }
    static func inputs(_ value: Value) -> [RoleInput] { [] }
    static func guest(_ value: Value) -> GuestRequirements { GuestRequirements() }
    static func check(_ action: Action, _ evidence: RoleEvidence<Probe>) -> [String] { [] }

    static func outputs(in observed: Observed) -> [String: ObservedOutput] {
        ["number": .plain("\(observed.number)"), "token": .secret(id: "\(observed.number)")]
    }

    static func isFirst(_ observed: Observed) -> Bool {
        observed.resolved.values.contains { reference in
            guard case .members(let members) = reference else { return false }
            return members.contains { $0.isSelf && $0.isFirst }
        }
    }

    static func state(of observed: Observed, wanted: Value?) -> RoleState {
        let isApplied = wanted?.number == observed.number
        return RoleState(
            isApplied ? .applied : .outdated, word: "probe",
            health: observed.isUnfit ? Health(.degraded, "its last change failed") : Health(.healthy))
    }

    static func failedAttempt(in observed: Observed, of instance: Name) -> FailedAttempt? {
        observed.failed.map { FailedAttempt(instance: instance, spec: $0) }
    }

    static func serving(_ observed: Observed) -> RoleServing? {
        RoleServing(
            listed: observed.listed, drained: observed.drained, canDrain: observed.drains, isUp: !observed.isUnfit)
    }

    static func drains(_ value: Value) -> Bool { value.drains }
    static func move(_ taking: RoleTaking, _ observed: Observed) -> Action? { .take(taking) }

    static func diff(_ wanted: Value?, _ observed: Observed?, _ context: RoleContext<Probe>) -> RoleOutcome<Action> {
        guard let wanted else { return RoleOutcome(.remove, fields: [context.removal("a number")]) }
        let next = Observed(
            number: wanted.number, resolved: context.resolved, drains: wanted.drains, drained: observed?.drained ?? [])
        if let observed, observed.isUnfit {
            var outcome = RoleOutcome<Action>()
            outcome.blocked = "it failed"
            return outcome
        }
        if let other = context.failedElsewhere.first, context.isSeen, observed?.number != wanted.number {
            var outcome = RoleOutcome<Action>()
            outcome.blocked = "it failed on \(other.instance)"
            return outcome
        }
        if !context.isBooting, observed == next { return RoleOutcome() }
        let field = context.field(nil, observed.map { "\($0.number)" }, "\(wanted.number)", at: "")
        return RoleOutcome(
            .set(next, isInterrupting: !context.isBooting && !wanted.reloads), fields: context.isBooting ? [] : [field])
    }
}

extension Cluster {
    /// Gives an instance, or each member of a group, a probe that refers to others.
    mutating func probe(
        _ target: String, number: Int = 1, drains: Bool = false, reloads: Bool = false, _ references: RoleReference...
    ) {
        for (name, instance) in instances where name.text == target || instance.group?.text == target {
            let placed = references.enumerated().map { PlacedReference($1, key: "peers.\($0)") }
            let role = Role(
                Probe.self, Probe.Value(number: number, references: placed, drains: drains, reloads: reloads))
            instances[name]?.roles = [TestNames.name("app"): role]
        }
    }
}
