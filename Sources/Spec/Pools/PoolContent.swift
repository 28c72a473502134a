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
    /// `local`, else the first by its name that takes everything. A disk on shared storage has its base image on shared
    /// storage as well, where each node that may have the disk reads it.
    package func imagePool(of instance: Instance, on node: Name) -> Pool? {
        let pools = pools(on: node)
        guard let own = pools.first(where: { $0.name == instance.pool }) else { return nil }
        let isDisc = instance.installation != nil
        return imagePool(for: isDisc ? .iso : .images, beside: own, mustShare: own.shared && !isDisc, of: pools)
    }

    /// The pool of a node that takes an image which no instance has.
    package func libraryPool(for thing: PoolContent, on node: Name) -> Pool? {
        imagePool(for: thing, beside: nil, mustShare: false, of: pools(on: node))
    }

    private func imagePool(
        for thing: PoolContent, beside own: Pool?, mustShare: Bool, of pools: [Pool]
    ) -> Pool? {
        if let own, own.takes(thing) { return own }
        let fit = pools.filter { $0.takes(thing) && (!mustShare || $0.shared) }
        return fit.first { $0.content != nil } ?? fit.first { $0.name == .local } ?? fit.first
    }
}
