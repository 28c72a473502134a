/// One value of a YAML document, with the place where it was written.
///
/// The tree is a value without identity: anchors and aliases are already resolved, and what several aliases name is
/// shared in memory, never copied. A tree is at most `Limits.depth` deep, so that recursion over it is safe.
package struct Node: Sendable {
    package let content: Content
    /// Where the value was written; for what came through an alias, the place of the anchored value.
    package let mark: Position

    package init(_ content: Content, at mark: Position) {
        self.content = content
        self.mark = mark
    }
}

extension Node {
    /// What a node can be.
    package enum Content: Sendable {
        case scalar(Scalar)
        case sequence([Node])
        case mapping(Mapping)
        /// Something that was complained about already; whoever meets it says nothing more.
        case invalid
    }

    /// The scalar, if the node is one.
    package var scalar: Scalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The items, if the node is a sequence.
    package var sequence: [Node]? {
        if case .sequence(let items) = content { items } else { nil }
    }

    /// The mapping, if the node is one.
    package var mapping: Mapping? {
        if case .mapping(let mapping) = content { mapping } else { nil }
    }

    /// Whether the node is a plain `null`, `~` or nothing at all.
    package var isNull: Bool {
        scalar?.value == .null
    }
}

/// Two nodes are equal when they say the same, wherever they stand.
extension Node: Equatable {
    package static func == (left: Node, right: Node) -> Bool {
        switch (left.content, right.content) {
        case (.scalar(let left), .scalar(let right)): left == right
        case (.sequence(let left), .sequence(let right)): left == right
        case (.mapping(let left), .mapping(let right)): left == right
        case (.invalid, .invalid): true
        default: false
        }
    }
}
