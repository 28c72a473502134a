/// Where an instance may run.
package struct Placement: Sendable, Equatable {
    /// What members of a group must not share.
    package enum Spread: Sendable, Hashable {
        case node
        /// Nodes with the same value of this label.
        case label(String)
    }

    package var spread: Spread?
    /// Labels the node must have.
    package var `where`: [String: String] = [:]

    package init(spread: Spread? = nil, where labels: [String: String] = [:]) {
        self.spread = spread
        self.where = labels
    }
}
