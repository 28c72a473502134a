import Spec

extension FleetReading {
    /// How many models a refusal names: a person reads it.
    private var shownModels: Int { 12 }

    /// Why a node cannot give an instance the CPU that its spec names; nil where it can, or nobody knows.
    func cpuObstacle(_ observed: ObservedNode, for instance: Instance) -> Obstacle? {
        guard let model = instance.cpuModel, let cpus = observed.cpus else { return nil }
        if NodeCPUs.modes.contains(model) {
            guard !cpus.modes.contains(model) else { return nil }
            return Obstacle(
                "it cannot give guests the CPU \(model)"
                    + (observed.hasKVM ? "" : ", since it has no KVM and emulates CPUs"),
                remedy: "name a CPU model, or remove `hardware.cpu`")
        }
        guard !cpus.models.isEmpty, !cpus.models.contains(model) else { return nil }
        let near = NearMiss.of(model, in: cpus.models + cpus.modes.sorted())
        let shown = cpus.models.prefix(shownModels).joined(separator: ", ")
        let more = cpus.models.count > shownModels ? " and \(cpus.models.count - shownModels) more" : ""
        return Obstacle(
            "its libvirt does not know the CPU \(model)",
            remedy: near.map { "did you mean \($0)?" }
                ?? "use host-model, host-passthrough, or one of \(shown)\(more) (virsh domcapabilities)")
    }
}
