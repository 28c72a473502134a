import Spec

/// A node as something to be placed on.
struct CandidateNode {
    let node: Node
    var capacity: NodeCapacity
    /// What this plan's deletions give back.
    var freedVCPUs: Double = 0
    var freedMemory: Double = 0
    /// Whether instances may be placed on it at all.
    let isOpen: Bool

    /// Its capacity, with what this plan deletes gone where that is asked for.
    func capacity(freed: Bool) -> NodeCapacity {
        guard freed else { return capacity }
        var capacity = capacity
        capacity.promise(vcpus: -freedVCPUs, memory: -freedMemory)
        return capacity
    }
}
