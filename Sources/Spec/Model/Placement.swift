/// Where an instance may run.
package struct Placement: Sendable, Equatable {
    /// What members of a group must not share, or must.
    package enum Scope: Sendable, Hashable {
        case node
        /// Nodes with the same value of this label.
        case label(String)
    }

    /// What no two members of the group have in common.
    package var spread: Scope?
    /// What all members of the group have in common.
    package var together: Scope?
    /// How many members of the group one node may have; nil for any number.
    package var perNode: Int?
    /// Labels the node must have.
    package var `where`: [String: String] = [:]

    package init(
        spread: Scope? = nil, together: Scope? = nil, perNode: Int? = nil, where labels: [String: String] = [:]
    ) {
        self.spread = spread
        self.together = together
        self.perNode = perNode
        self.where = labels
    }

    /// Whether where other members of the group are keeps an instance from a node.
    package var keepsApart: Bool { spread != nil || perNode != nil }
}
