/// How instances move from node to node.
package struct MigrationPolicy: Sendable, Equatable {
    /// The most that one move may send, per second; nil for no limit.
    package var bandwidth: Size?
    /// Whether memory and disks go through ssh sessions only.
    package var encrypted = false
    /// Whether a guest that changes memory faster than it is sent may go on at its destination before all of it is there.
    ///
    /// Until the rest has arrived neither node has the whole guest: a link or node that fails then ends it.
    package var postCopy = false
    /// The most migrations that a node takes part in at once.
    package var perNode = 1

    package init() {}
}
