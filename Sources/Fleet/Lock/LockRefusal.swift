package import Spec

/// Somebody else is at work on this cluster.
package struct LockRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    package let node: Name
    /// Who has the lock, in their words.
    package let holder: String

    package init(node: Name, holder: String) {
        self.node = node
        self.holder = holder
    }

    package var description: String {
        "another kvmctl run holds the lock of this cluster: \(holder), according to \(node)"
    }
}
