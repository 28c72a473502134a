import Spec

extension FleetIndexBuilder {
    /// Finds out where the disks are of instances that somebody undefined while they moved, or before the run that
    /// moved them could write its last roster.
    ///
    /// No mark is left to tell. What only one end has is there; where both have some, nobody knows which are whole.
    mutating func recallUndefinedMoves() {
        for (instance, entry) in history.instances.inOrder() where owned[instance] == nil {
            guard !index.conflicts.contains(instance), let other = entry.alsoOn, let here = answered[entry.node],
                let there = answered[other]
            else { continue }
            let paths = entry.volumes.filter { $0.key != "seed" }.values
            let copied = paths.filter { !isShared($0, between: entry.node, and: other) }
            let isThere = copied.contains {
                there.volumes[cluster.path($0, from: entry.node, to: other)] != nil
            }
            let isHere = copied.contains { here.volumes[$0] != nil }
            if isHere, isThere {
                index.splitInstances.insert(instance)
                continue
            }
            index.history.instances[instance]?.alsoOn = nil
            guard isThere else { continue }
            let volumes = entry.volumes.mapValues { cluster.path($0, from: entry.node, to: other) }
            index.history.instances[instance]?.node = other
            index.history.instances[instance]?.volumes = volumes
        }
    }
}
