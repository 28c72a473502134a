import Spec

extension Draft {
    /// Why a node can have no guest with these disks, whatever its room; nil where nothing is known against it.
    func unfitness(of observed: ObservedNode, for instance: Instance) -> String? {
        if let problem = Architecture.problem(observed.architecture) { return problem }
        for (_, pool, _) in disks(of: instance) {
            guard let folder = self.pool(pool, on: observed.name) else { continue }
            if let problem = observed.folderProblems[folder.path] { return "pool \(pool): \(problem)" }
        }
        return nil
    }
}
