package import Spec

/// A thing a plan speaks of.
package struct ObjectReference: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case instance, network, image, pool, disk, roster, node
    }

    package var kind: Kind
    package var name: String
    /// Nil where it is not on a node yet.
    package var node: Name?

    package init(_ kind: Kind, _ name: String, on node: Name?) {
        self.kind = kind
        self.name = name
        self.node = node
    }

    package static func instance(_ name: Name, on node: Name? = nil) -> ObjectReference {
        ObjectReference(.instance, name.text, on: node)
    }

    package static func node(_ name: Name) -> ObjectReference {
        ObjectReference(.node, name.text, on: nil)
    }
}

extension ObjectReference: CustomStringConvertible {
    /// `instance/web-1 on kvm1`.
    package var description: String {
        node.map { "\(kind.rawValue)/\(name) on \($0)" } ?? "\(kind.rawValue)/\(name)"
    }
}

extension ObjectReference: Comparable {
    package static func < (left: ObjectReference, right: ObjectReference) -> Bool {
        (left.kind.rawValue, left.name, left.node?.text ?? "") < (
            right.kind.rawValue, right.name, right.node?.text ?? ""
        )
    }
}
