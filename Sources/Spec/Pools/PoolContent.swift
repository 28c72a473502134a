/// What a pool takes.
package enum PoolContent: String, Sendable, Hashable, CaseIterable {
    /// Root disks, data disks, and the seeds beside root disks.
    case disks
    /// Base images, the backing files of root disks.
    case images
    /// The CDs of installers.
    case iso
}

extension Pool {
    /// Whether a pool takes such things; one whose spec does not say takes all of them.
    package func takes(_ thing: PoolContent) -> Bool { content?.contains(thing) ?? true }
}

extension Cluster {
    /// The pool of a node that takes the base image of a root disk, or the CD that it is installed from; nil where there is
    /// none.
    ///
    /// It is the disk's own pool where that takes such things, else the first by its name whose content names them, else
    /// `local`, else the first by its name that takes everything. A base image is on storage that nodes share only beside the
    /// disks that stand on it: those elsewhere may be on nodes that nobody asks.
    package func imagePool(of instance: Instance, on node: Name) -> Pool? {
        let pools = pools(on: node)
        guard let own = pools.first(where: { $0.name == instance.pool }) else { return nil }
        let thing: PoolContent = instance.installation == nil ? .images : .iso
        if own.takes(thing) { return own }
        return own.shared && thing == .images ? nil : library(for: thing, of: pools)
    }

    /// The pool of a node that takes an image which no instance has.
    package func libraryPool(for thing: PoolContent, on node: Name) -> Pool? {
        library(for: thing, of: pools(on: node))
    }

    private func library(for thing: PoolContent, of pools: [Pool]) -> Pool? {
        // One that only some nodes have is not where others look for it.
        let fit = pools.filter {
            self.pools[$0.name] != nil && $0.takes(thing) && (thing == .iso || !$0.shared)
        }
        return fit.first { $0.content != nil } ?? fit.first { $0.name == .local } ?? fit.first
    }
}
