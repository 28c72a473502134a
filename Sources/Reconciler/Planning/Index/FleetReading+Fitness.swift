import Spec

extension FleetReading {
    /// Why a node can have no guest with these disks, whatever its capacity; nil where nothing is known against it.
    func unfitness(of observed: ObservedNode, for instance: Instance) -> Obstacle? {
        if let obstacle = architectureObstacle(observed, for: instance) { return obstacle }
        for pool in storage(of: instance, on: observed.name).pools {
            if let problem = observed.folderProblems[pool.path] {
                return Obstacle("pool \(pool.name): \(problem.reason)", remedy: problem.remedy)
            }
        }
        return nil
    }
}
