package import Spec

/// A guest's filter as a node has it.
package struct ObservedFilter: Sendable, Hashable {
    package enum State: String, Sendable, Hashable, CaseIterable {
        /// The kernel has what was loaded.
        case loaded
        /// The kernel has nothing of it, as after a restart until its guest starts.
        case unloaded
        /// Somebody changed its file or what the kernel has.
        case edited
    }

    /// Its own words: see `GuestFilter.lines`.
    package var lines: [String]
    package var state: State
    /// The interfaces that the kernel holds to it.
    package var taps: Set<String>

    package init(lines: [String], state: State, taps: Set<String>) {
        self.lines = lines
        self.state = state
        self.taps = taps
    }

    /// The instance of a cluster that it is for; nil where it is another's, or says nothing of it.
    package func instance(in cluster: ClusterIdentity) -> Name? {
        guard let words = lines.first?.split(separator: " "), words.count > 3, let name = Name(String(words[3])),
            lines.first == GuestFilter.title(cluster, name)
        else { return nil }
        return name
    }
}
