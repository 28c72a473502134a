package import Reconciler
package import Spec

/// How the roles of one kind are looked at and changed: the effects.
package protocol RoleDriver: Sendable {
    associatedtype Kind: RoleKind

    /// What a running guest has of the roles of this kind; nothing in it changes.
    ///
    /// - Parameter wanted: what the spec says of them.
    static func observe(_ wanted: [Name: Kind.Value], in guest: RoleGuest) async throws -> [Name: Kind.Observed]

    /// Carries out one change; it looks at the guest again first, and can be run again where it was cut off.
    static func perform(
        _ action: Kind.Action, of role: Name, in guest: RoleGuest,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult

    /// Has a guest remember that a change failed, whose disks came back since: the same is not tried again.
    ///
    /// - Parameter reason: why it failed, in lines without secrets.
    static func remember(
        _ action: Kind.Action, of role: Name, because reason: [String], in guest: RoleGuest) async throws

    /// What has to be known from outside guests before planning.
    static func answers(
        about seen: [Name: NodeObservation], of spec: Cluster, on nodes: [Name: NodeContext]
    ) async -> Kind.Answers

    /// The node as seen, with what the roles offer there as their users get it; nil where there is nothing to try.
    static func trying(_ seen: ObservedNode, of spec: Cluster, on node: NodeContext) async -> ObservedNode?
}

extension RoleDriver {
    package static func remember(
        _ action: Kind.Action, of role: Name, because reason: [String], in guest: RoleGuest
    ) async throws {}

    package static func answers(
        about seen: [Name: NodeObservation], of spec: Cluster, on nodes: [Name: NodeContext]
    ) async -> Kind.Answers { Kind.noAnswers }

    package static func trying(_ seen: ObservedNode, of spec: Cluster, on node: NodeContext) async -> ObservedNode? {
        nil
    }
}

/// The drivers of all kinds of roles.
package struct RoleDrivers: Sendable {
    let all: [any RoleDriver.Type]
    private let byKey: [RoleKey: any RoleDriver.Type]

    package init(_ all: [any RoleDriver.Type]) {
        self.all = all
        byKey = Dictionary(all.map { (RoleDrivers.key($0), $0) }) { first, _ in first }
    }

    /// What a spec may use, with the packages that come with kvmctl.
    package func languages(shipped: [RolePackage]) -> RoleLanguages {
        let languages = all.map { RoleDrivers.language($0) }
        return RoleLanguages(
            languages.filter { !($0 is any PackagedRoleLanguage.Type) },
            packaged: languages.lazy.compactMap { $0 as? any PackagedRoleLanguage.Type }.first, shipped: shipped)
    }

    subscript(key: RoleKey) -> (any RoleDriver.Type)? { byKey[key] }

    /// The kind of a key.
    func kind(_ key: RoleKey) -> (any RoleKind.Type)? { byKey[key].map { RoleDrivers.kind($0) } }

    private static func kind<D: RoleDriver>(_ driver: D.Type) -> any RoleKind.Type { D.Kind.self }

    private static func key<D: RoleDriver>(_ driver: D.Type) -> RoleKey { D.Kind.key }

    private static func language<D: RoleDriver>(_ driver: D.Type) -> any RoleLanguage.Type { D.Kind.self }
}
