import Spec

/// What the rosters of the nodes that answered remember of the whole fleet.
struct RosterHistory {
    /// The newest generation seen; 0 where there is no roster.
    var generation = 0
    var nodes: [Name: Roster.Member] = [:]
    var instances: [Name: Roster.Entry] = [:]
    var keptDisks = KeptDisks()
    /// Whether any node had a roster of this cluster.
    var exists = false
    /// Whether this machine's own copy stands in for the nodes' rosters, for unreachable nodes alone.
    var isOwnCopy = false
    /// Whether things of this cluster are there and nobody remembers where the rest is.
    var isLost = false
}
