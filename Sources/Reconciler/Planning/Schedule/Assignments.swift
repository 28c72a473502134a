import Spec

/// Where instances go: those that are made, and those that move.
struct Assignments {
    /// Where instances that are there go, and how.
    var moves: [Name: InstanceMove] = [:]
    /// Why each of them moves.
    var moveReasons: [Name: String] = [:]
    /// What keeps instances that are to move from it.
    var moveRefusals: [Name: String] = [:]
    /// Why an instance is stopped that the spec wants to run.
    var stopReasons: [Name: String] = [:]
    /// What moved instances will take on each node.
    var incoming: [Name: (vcpus: Double, memory: Double)] = [:]
    /// A node for each group whose members are to be together: there, or where the label is the same.
    var affinityAnchors: [Name: Name] = [:]
    /// Missing instances that have a node.
    var placed: [Instance] = []
    /// Where they go, and why there.
    var placements: [Name: PlacementDecision] = [:]
    /// Bytes of pools' folders that disks will take which are made or move there.
    var promisedSpace: [Location: UInt64] = [:]
    var explanation: PlacementExplanation?
    var findings = Findings()

    /// Counts pools' capacity as taken for the rest of the plan.
    mutating func promise(_ demands: [PoolDemand], on node: Name) {
        var claims = Claims()
        claims.take(demands, on: node)
        promisedSpace.merge(claims.pools, uniquingKeysWith: UInt64.sum)
    }
}
