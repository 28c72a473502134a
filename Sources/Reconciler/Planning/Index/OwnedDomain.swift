import Spec

/// A domain with this cluster's valid mark.
///
/// Every stage asks for it again and again: as a class it is handed on without copying all that it has.
final class OwnedDomain: Sendable {
    let node: Name
    let domain: ObservedDomain
    let mark: DomainMark
    /// The roles that its mark remembers, sorted by name.
    let markedRoles: [MarkedRole]

    init(node: Name, domain: ObservedDomain, mark: DomainMark) {
        self.node = node
        self.domain = domain
        self.mark = mark
        markedRoles = MarkedRole.all(in: mark)
    }
}
