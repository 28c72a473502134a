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
    /// Labels the node must have.
    package var `where`: [String: String] = [:]

    package init(spread: Scope? = nil, together: Scope? = nil, where labels: [String: String] = [:]) {
        self.spread = spread
        self.together = together
        self.where = labels
    }
}
