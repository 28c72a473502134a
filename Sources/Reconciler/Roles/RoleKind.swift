package import Spec

/// What one kind of role means for plans: what has to be known, what is to be done, and what may not be.
///
/// Pure; how a guest is looked at and changed is the kind's driver's.
package protocol RoleKind: RoleLanguage {
    /// What a guest has of one role.
    associatedtype Observed: Sendable, Equatable
    /// One change of a role in a guest.
    associatedtype Action: RoleAction
    /// What was asked outside guests before planning, such as what branches lead to.
    associatedtype Answers: Sendable, Equatable

    /// What is known where nobody asked.
    static var noAnswers: Answers { get }
    /// How roles of this kind are spoken of.
    static var words: RoleWords { get }

    /// Whether another role of the kind takes over what a role had and it wants, so that it comes before that is cleared away.
    static var handsOver: Bool { get }

    /// What a plan needs of this machine for a role.
    static func inputs(_ value: Value) -> [RoleInput]

    /// What a new guest gets at its first boot.
    static func guest(_ value: Value) -> GuestRequirements

    /// What has to be done for one role; nothing is wanted of a role that left the spec.
    static func diff(_ wanted: Value?, _ observed: Observed?, _ context: RoleContext<Self>) -> RoleOutcome<Action>

    /// What is wrong with a planned change, in words: each answer is a defect of the planner.
    static func check(_ action: Action, _ evidence: RoleEvidence<Self>) -> [String]

    /// Whom a role sends work to; nil where it sends none to anybody.
    static func serving(_ observed: Observed) -> RoleServing?
    /// Whether a role can take a member out of what it sends work to and put it back, by the spec alone.
    static func drains(_ value: Value) -> Bool
    /// What takes a member out of what a role sends work to, or puts it back; nil where that cannot be done.
    static func move(_ taking: RoleTaking, _ observed: Observed) -> Action?
    /// What a role gives to roles of other instances, by name.
    static func outputs(in observed: Observed) -> [String: ObservedOutput]
    /// Whether the role's group began with this guest.
    static func isFirst(_ observed: Observed) -> Bool
    /// Whether the guest has anything of a role.
    static func isThere(_ observed: Observed) -> Bool
    /// How a role is; nothing is wanted of one that left the spec.
    static func state(of observed: Observed, wanted: Value?) -> RoleState
    /// What was tried last and taken back.
    static func failedAttempt(in observed: Observed, of instance: Name) -> FailedAttempt?
}

extension RoleKind {
    package static var handsOver: Bool { false }
    package static func serving(_ observed: Observed) -> RoleServing? { nil }
    package static func drains(_ value: Value) -> Bool { false }
    package static func move(_ taking: RoleTaking, _ observed: Observed) -> Action? { nil }
    package static func outputs(in observed: Observed) -> [String: ObservedOutput] { [:] }
    package static func isFirst(_ observed: Observed) -> Bool { false }
    package static func isThere(_ observed: Observed) -> Bool { true }
    package static func failedAttempt(in observed: Observed, of instance: Name) -> FailedAttempt? { nil }
}

/// One change of a role in a guest.
package protocol RoleAction: Sendable, Equatable {
    /// Secrets that it puts into the guest and reads only then.
    var secrets: [Secret] { get }
    /// Whether what the guest offers may be away while it is done, so that the members of a group take turns.
    var isInterrupting: Bool { get }
    /// Whether it takes away all that the role made.
    var isClearing: Bool { get }
    /// The member of others that it takes out or puts back; nil where it changes the role itself.
    var taken: RoleTaking? { get }
    /// What tells the role as the spec has it, where the disks of the guest can be kept before the change
    /// (`snapshotBefore: [provision]`); nil where that is not done.
    var spec: String? { get }

    /// How it is spoken of.
    func words(role: Name, on domain: String) -> OperationWords
}

extension RoleAction {
    package var taken: RoleTaking? { nil }
    package var spec: String? { nil }
}

/// How the roles of a kind are spoken of.
package struct RoleWords: Sendable {
    /// What the steps of a role are called in their ids: `site`.
    package var step: String
    /// What a guest has of it, where the guest was named before: `what it serves`.
    package var subject: String
    /// The same for a guest of a name.
    package var subjectOf: @Sendable (Name) -> String

    package init(step: String, subject: String, subjectOf: @escaping @Sendable (Name) -> String) {
        self.step = step
        self.subject = subject
        self.subjectOf = subjectOf
    }
}

/// What a plan needs of this machine for a role.
package enum RoleInput: Sendable, Hashable {
    /// What tells the content of something that is given as a secret and is none, such as a certificate.
    case digest(of: Secret)
    /// Whether a secret can be read, so that a run that needs it says so first.
    case secret(Secret)
    /// What a local file holds, by its path as the spec has it; `key` is where that stands below the role.
    case file(String, key: String)

    /// How many bytes a file of a role may have: it goes through the guest's agent.
    package static let largestFile = 1 << 20
}

/// What a guest needs of its first boot for its roles.
package struct GuestRequirements: Sendable, Equatable {
    /// Whether the node gets a key to it, for where its agent is missing or may not do everything.
    package var needsChannel: Bool
    /// Scripts that it runs as root at its first boot, each once.
    package var scripts: [String]

    package init(needsChannel: Bool = false, scripts: [String] = []) {
        self.needsChannel = needsChannel
        self.scripts = scripts
    }

    /// Needs what another role does, too.
    package mutating func add(_ other: GuestRequirements) {
        needsChannel = needsChannel || other.needsChannel
        scripts += other.scripts.filter { !scripts.contains($0) }
    }
}
