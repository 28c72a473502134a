import YAML

extension Cluster {
    /// Whether a file of this run has a pool, rather than one that was only read through `uses:`.
    package func isManaged(_ pool: Pool) -> Bool {
        pool.position.map { !usedFiles.contains($0.file) } ?? usedFiles.isEmpty
    }
}
