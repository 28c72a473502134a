import Spec

extension FleetReading {
    /// Why a root disk cannot be made of an instance's image, and what to do; nil where it can.
    func imageObstacle(_ instance: Instance) -> (reason: String, remedy: String)? {
        guard let resolved = inputs.images[instance.image] else {
            return ("image \(instance.image) could not be read", "see the messages about it")
        }
        guard let size = resolved.virtualSize, instance.disk < size else { return nil }
        return (
            "its disk of \(instance.disk) is smaller than image \(instance.image), which has \(size)",
            "give it a disk of at least \(size)"
        )
    }

    func baseImagePath(of instance: Instance, on node: Name) -> String? {
        guard let folder = pool(instance.pool, on: node), let image = inputs.images[instance.image] else { return nil }
        return "\(folder.path)/\(image.fileName)"
    }
}
