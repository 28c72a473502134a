import Spec

/// A named or pathed thing on a node.
struct Location: Hashable, Comparable {
    let node: Name
    let what: String

    static func < (left: Location, right: Location) -> Bool {
        (left.node, left.what) < (right.node, right.what)
    }
}
