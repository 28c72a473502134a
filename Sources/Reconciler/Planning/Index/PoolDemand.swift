import Spec

/// What disks need of a pool on a node.
struct PoolDemand {
    let pool: Name
    let folder: String
    /// In words, such as `root`.
    let disk: String
    let bytes: UInt64
}
