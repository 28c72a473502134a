package import Reconciler
package import Spec
import TestNames

/// A kind of role for tests, which has a number, and refers to whom a test wants; what it is told of them is its state.
package enum Probe: RoleKind {
    package struct Value: Sendable, Equatable {
        package var number = 1
        package var references: [PlacedReference] = []
        /// Whether it can take out whom it refers to.
        package var drains = false
        /// Whether a change of it is none for those that use it.
        package var reloads = false

        package init(
            number: Int = 1, references: [PlacedReference] = [], drains: Bool = false, reloads: Bool = false
        ) {
            self.number = number
            self.references = references
            self.drains = drains
            self.reloads = reloads
        }
    }

    package struct Observed: Sendable, Equatable {
        package var number: Int
        package var resolved: [String: ResolvedReference] = [:]
        /// Whether it says of itself that its last change failed.
        package var isUnfit = false
        package var drains = false
        package var drained: Set<Name> = []
        /// What it says that it tried in vain.
        package var failed: String?

        package init(
            number: Int, resolved: [String: ResolvedReference] = [:], isUnfit: Bool = false, drains: Bool = false,
            drained: Set<Name> = [], failed: String? = nil
        ) {
            self.number = number
            self.resolved = resolved
            self.isUnfit = isUnfit
            self.drains = drains
            self.drained = drained
            self.failed = failed
        }

        package var listed: [Member] {
            resolved.sorted { $0.key < $1.key }.flatMap { _, reference -> [Member] in
                if case .members(let list) = reference { list } else { [] }
            }
        }
    }

    package enum Action: RoleAction {
        case set(Observed, isInterrupting: Bool)
        case remove
        case take(RoleTaking)

        package var secrets: [Secret] { [] }
        package var isInterrupting: Bool { if case .set(_, isInterrupting: true) = self { true } else { false } }
        package var isClearing: Bool { self == .remove }
        package var taken: RoleTaking? { if case .take(let taking) = self { taking } else { nil } }

        package func words(role: Name, on domain: String) -> OperationWords {
            OperationWords("setProbe", "set \(role) on \(domain)", purpose: "setting \(role) on \(domain)")
        }
    }

    package struct Answers: Sendable, Equatable {}

    package static let key: RoleKey = "probe"
    /// What the role of every instance is called that has one.
    package static let app = TestNames.name("app")
    package static let summary = "A number."
    package static let example = "1"
    package static var form: Kind<Value> {
        .parsed(
            "a number", { text throws(Complaint) in Value(number: Int(text) ?? 0) }, text: { String($0.number) })
    }

    package static func references(_ value: Value) -> [PlacedReference] { value.references }

    package static var noAnswers: Answers { Answers() }
    package static var words: RoleWords { RoleWords(step: "probe", subject: "its probe") { "the probe of \($0)" } }

    package static func check(_ roles: [PlacedRole<Value>]) -> [Diagnostic] { [] }
    package static func inputs(_ value: Value) -> [RoleInput] { [] }
    package static func guest(_ value: Value) -> GuestRequirements { GuestRequirements() }
    package static func check(_ action: Action, _ evidence: RoleEvidence<Probe>) -> [String] { [] }

    package static func outputs(in observed: Observed) -> [String: ObservedOutput] {
        [
            "number": .plain("\(observed.number)"), "token": .secret(id: "\(observed.number)"),
            "seal": .secret(id: "seal"),
        ]
    }

    package static func outputs(_ value: Value) -> [RoleOutput] {
        [
            RoleOutput("number", isSecret: false), RoleOutput("token", isSecret: true),
            RoleOutput("seal", isSecret: true, isStable: true),
        ]
    }

    package static func isFirst(_ observed: Observed) -> Bool {
        observed.resolved.values.contains { reference in
            guard case .members(let members) = reference else { return false }
            return members.contains { $0.isSelf && $0.isFirst }
        }
    }

    package static func state(of observed: Observed, wanted: Value?) -> RoleState {
        let isApplied = wanted?.number == observed.number
        return RoleState(
            isApplied ? .applied : .outdated, word: "probe",
            health: observed.isUnfit ? Health(.degraded, "its last change failed") : Health(.healthy))
    }

    package static func failedAttempt(in observed: Observed, of instance: Name) -> FailedAttempt? {
        observed.failed.map { FailedAttempt(instance: instance, spec: $0) }
    }

    package static func serving(_ observed: Observed) -> RoleServing? {
        RoleServing(
            listed: observed.listed, drained: observed.drained, canDrain: observed.drains, isUp: !observed.isUnfit)
    }

    package static func drains(_ value: Value) -> Bool { value.drains }
    package static func move(_ taking: RoleTaking, _ observed: Observed) -> Action? { .take(taking) }

    package static func diff(
        _ wanted: Value?, _ observed: Observed?, _ context: RoleContext<Probe>
    ) -> RoleOutcome<Action> {
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
        let isOnlyToldMore = observed?.number == wanted.number
        let field = context.field(
            isOnlyToldMore ? "peers" : nil, observed.map { "\($0.number)" }, "\(wanted.number)", at: "")
        return RoleOutcome(
            .set(next, isInterrupting: !context.isBooting && !wanted.reloads), fields: context.isBooting ? [] : [field])
    }
}

extension Cluster {
    /// Gives an instance, or each member of a group, a probe that refers to others.
    package mutating func probe(
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
