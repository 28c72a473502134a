import Spec

/// What one instance's update takes of what all instances share.
///
/// It is the update's own until the update is accepted: a refused one leaves no trace in rosters, capacities or the plans of
/// others.
struct Claims {
    /// Data disks that it lets go of, which stay.
    var kept: [Roster.KeptDisk] = []
    /// Kept disks that it reuses.
    var retaken: Set<Location> = []
    /// What its node gives it beyond what it has.
    var vcpus: Double = 0
    var memory: Double = 0
    /// Bytes of pools' folders that its new disks take.
    var pools: [Location: UInt64] = [:]
    /// Bytes of pools' folders that its disks take which move there.
    var copies: [Location: UInt64] = [:]

    /// Counts the space that disks take of a node's pools.
    mutating func take(_ demands: [PoolDemand], on node: Name) {
        for demand in demands {
            let location = Location(node: node, what: demand.folder)
            pools[location] = UInt64.sum(pools[location, default: 0], demand.bytes)
        }
    }
}
