import Spec

extension FleetReading {
    /// Why a node can have no guest with these disks, whatever its capacity; nil where nothing is known against it.
    ///
    /// - Parameter pools: those that its files go to; as for a new instance where it is nil.
    func unfitness(of observed: ObservedNode, for instance: Instance, pools: [Pool]? = nil) -> Obstacle? {
        if let obstacle = architectureObstacle(observed, for: instance) { return obstacle }
        for pool in pools ?? storage(of: instance, on: observed.name).pools {
            if let problem = observed.folderProblems[pool.path] {
                return Obstacle("pool \(pool.name): \(problem.reason)", remedy: problem.remedy)
            }
        }
        return nil
    }
}
