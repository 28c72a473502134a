import Spec

extension FleetReading {
    /// Why a node can have no guest with these disks, whatever its capacity; nil where nothing is known against it.
    func unfitness(of observed: ObservedNode, for instance: Instance) -> Obstacle? {
        if let obstacle = architectureObstacle(observed, for: instance) { return obstacle }
        for (_, pool, _) in disks(of: instance) {
            guard let folder = self.pool(pool, on: observed.name) else { continue }
            if let problem = observed.folderProblems[folder.path] {
                return Obstacle("pool \(pool): \(problem.reason)", remedy: problem.remedy)
            }
        }
        return nil
    }
}
