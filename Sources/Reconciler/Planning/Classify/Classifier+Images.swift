import Spec

extension Classifier {
    /// Refuses what cannot be made of its image, before anything else is decided on its account.
    mutating func checkImages() {
        for instance in classification.missing {
            if let (reason, remedy) = imageObstacle(instance) { refuseImage(instance, reason, remedy) }
        }
        for instance in classification.existing.named(classification.halfMade) {
            if let (reason, remedy) = imageObstacle(instance) {
                refuseImage(instance, reason, remedy)
            } else if let node = owned[instance.name]?.node, pool(instance.pool, on: node) == nil {
                refuseImage(
                    instance, "\(node) has no pool \(instance.pool)", "give the pool a path there, or use another pool")
            } else if let node = owned[instance.name]?.node,
                let obstacle = storageProblem(of: instance, on: node)
            {
                refuseImage(instance, "\(node): \(obstacle.reason)", obstacle.remedy)
            }
        }
        removeExcluded()
    }

    private mutating func refuseImage(_ instance: Instance, _ reason: String, _ remedy: String) {
        classification.excluded.insert(instance.name)
        classification.findings.refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, instance.name.text, on: nil), reason: reason, remedy: remedy,
                position: instance.positions["disk"] ?? instance.position))
    }
}
