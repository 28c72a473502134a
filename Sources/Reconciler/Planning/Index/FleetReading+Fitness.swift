import Spec

extension FleetReading {
    /// Why a node can have no guest with these disks, whatever its capacity; nil where nothing is known against it.
    ///
    /// - Parameter pools: those that its files go to; as for a new instance where it is nil.
    func unfitness(of observed: ObservedNode, for instance: Instance, pools: [Pool]? = nil) -> Obstacle? {
        if let obstacle = architectureObstacle(observed, for: instance) { return obstacle }
        return (pools ?? storage(of: instance, on: observed.name).pools).lazy
            .compactMap { self.folderObstacle($0, on: observed) }.first
    }

    /// Why the folder of a pool cannot be used; nil where it can, as far as anybody looked.
    func folderObstacle(_ pool: Pool, on observed: ObservedNode) -> Obstacle? {
        observed.folderProblems[pool.path].map {
            Obstacle("pool \(pool.name): \($0.reason)", remedy: $0.remedy)
        }
    }
}
