extension ObservedDomain {
    /// Every file that its mark makes its own: its disks with what lies below them, what its trial has beside them, and both
    /// files of each disk that is being moved to another pool.
    package var reachedPaths: [String] {
        let named = disks.flatMap { [$0.path] + $0.layers } + spareFiles
        let ways = (mark?.diskPaths ?? [:]).sorted { $0.key < $1.key }.flatMap { [$0.value.from, $0.value.to] }
        return named + ways.filter { !named.contains($0) }
    }
}
