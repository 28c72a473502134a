import Spec

/// Where a domain is: its node, and its number there.
struct DomainLocation: Comparable {
    let node: Name
    let number: Int

    static func < (left: DomainLocation, right: DomainLocation) -> Bool {
        (left.node, left.number) < (right.node, right.number)
    }
}
