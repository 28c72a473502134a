/// A disk's move from one folder of its node to another, with every choice made.
package struct DiskMove: Sendable, Hashable {
    /// What is done, each as a step of its own; between any two of them a run may be killed.
    package enum Stage: String, Sendable, Hashable, CaseIterable {
        /// The mark says which two files the disk may be in.
        case begin
        /// The new file is made anew and filled, and from then on the domain uses it; the guest notices nothing.
        case copy
        /// The old file goes, after a look that the domain uses the new one, and then the word of it in the mark.
        case leave
        /// The move is not wanted any more and the domain uses the old file: the new one goes.
        case abandon
    }

    /// `root`, `seed` or the data disk's name.
    package var disk: String
    package var paths: DomainMark.DiskPaths
    /// What the new file stands on; nil where it stands alone.
    package var backingPath: String?

    package init(disk: String, paths: DomainMark.DiskPaths, backingPath: String? = nil) {
        self.disk = disk
        self.paths = paths
        self.backingPath = backingPath
    }
}
