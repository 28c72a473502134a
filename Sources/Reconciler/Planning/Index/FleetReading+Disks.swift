import Spec

extension FleetReading {
    /// Every disk of an instance that kvmctl makes but the seed, the root disk first.
    func disks(of instance: Instance) -> [(disk: String, pool: Name, size: Size)] {
        [("root", instance.pool, instance.disk)] + instance.ownDisks.map { ($0.name.text, $0.pool, $0.size) }
    }

    func volumeName(_ disk: String, of instance: Name) -> String {
        guard disk != "root", let name = Name(disk) else { return names.rootVolume(instance) }
        return names.dataVolume(name, of: instance)
    }
}
