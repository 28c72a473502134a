import Spec

extension Draft {
    /// Finds out where the disks are of instances that somebody undefined while they moved, or before the run that
    /// moved them could write its last roster.
    ///
    /// No mark is left to tell. What only one end has is there; where both have some, nobody knows which are whole.
    mutating func recallUndefinedMoves() {
        for (instance, entry) in memory.instances.sorted(by: { $0.key < $1.key }) where owned[instance] == nil {
            guard !untouchable.contains(instance), let other = entry.alsoOn, let here = answered[entry.node],
                let there = answered[other]
            else { continue }
            let paths = entry.volumes.filter { $0.key != "seed" }.values
            let travelled = paths.filter { !isShared($0, between: entry.node, and: other) }
            let isThere = travelled.contains {
                there.volumes[cluster.path($0, from: entry.node, to: other)] != nil
            }
            let isHere = travelled.contains { here.volumes[$0] != nil }
            if isHere, isThere {
                torn.insert(instance)
                continue
            }
            memory.instances[instance]?.alsoOn = nil
            guard isThere else { continue }
            let volumes = entry.volumes.mapValues { cluster.path($0, from: entry.node, to: other) }
            memory.instances[instance]?.node = other
            memory.instances[instance]?.volumes = volumes
        }
    }

    /// Refuses to make an instance again of whose disks some are where nobody knows whether they are whole.
    mutating func refuseTorn(_ instance: Instance) -> Bool {
        guard torn.contains(instance.name), let entry = memory.instances[instance.name] else { return false }
        let reason =
            entry.alsoOn.map { other in
                "its domain was undefined while it moved, and both \(entry.node) and \(other) have disks of it: "
                    + "nobody knows which are whole"
            }
            ?? "the node was lost from which it was moving, and \(entry.node) has disks of it: nobody knows whether they "
            + "are whole"
        refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, instance.name.text, on: nil), reason: reason,
                remedy: "look at them, move the files that do not count out of the pool, and apply again",
                position: instance.position))
        return true
    }
}
