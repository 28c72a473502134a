import Spec

/// A domain with this cluster's valid mark.
struct OwnedDomain {
    let node: Name
    let domain: ObservedDomain
    let mark: DomainMark
}
