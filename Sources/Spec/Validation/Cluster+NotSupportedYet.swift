extension Cluster {
    /// What the spec asks for that plan and apply cannot carry out yet, each at its place.
    ///
    /// Validation accepts all of it. An error means that nothing should be planned; a warning that the rest can be.
    package func notSupportedYet() -> [Diagnostic] {
        var found: [Diagnostic] = []
        for instance in instances.values where instance.isManaged {
            if !instance.changes.snapshotBefore.isEmpty {
                let place = instance.positions["snapshotBefore"] ?? instance.position
                found.append(
                    Diagnostic(
                        at: place, "snapshotBefore is not supported yet",
                        remedy: "take one by hand with `kvmctl snapshot create \(instance.name) NAME`"))
            }
        }
        return Diagnostic.inOrder(found)
    }
}
