import Spec

extension FleetReading {
    /// How many models a refusal names: a person reads it.
    private var shownModels: Int { 12 }

    /// Why a node cannot give an instance the hardware that its spec names; nil where it can, or nobody knows.
    func hardwareObstacle(_ observed: ObservedNode, for instance: Instance) -> Obstacle? {
        guard instance.hardware != Hardware() else { return nil }
        return InstanceField.ofMachine.lazy.compactMap { obstacle(to: $0, observed, for: instance) }.first
    }

    /// The same for one field of the machine.
    func obstacle(to field: InstanceField, _ observed: ObservedNode, for instance: Instance) -> Obstacle? {
        let hardware = instance.hardware
        // Of the others, it tells what it has for its own processors.
        let isEmulated = instance.architecture.map { observed.emulated.contains($0.rawValue) } ?? false
        if isEmulated, field.path != InstanceField.tpm.path { return nil }
        switch field.path {
        case InstanceField.cpu.path: return hardware.cpu.flatMap { cpuObstacle($0, observed) }
        case InstanceField.nested.path:
            // An emulated CPU can always have guests.
            guard hardware.isNested == true, observed.hasKVM, observed.isNested == false else { return nil }
            return Obstacle(
                "nested virtualization is off there",
                remedy: "\(NodeDevices.howToNest), or remove `hardware.nested`")
        default: return observed.devices.flatMap { obstacle(to: field, $0, for: hardware) }
        }
    }

    private func obstacle(to field: InstanceField, _ devices: NodeDevices, for hardware: Hardware) -> Obstacle? {
        switch field.path {
        case InstanceField.machine.path: return hardware.machine.flatMap { machineObstacle($0, devices) }
        case InstanceField.firmware.path: return hardware.firmware.flatMap { firmwareObstacle($0, devices) }
        case InstanceField.tpm.path:
            guard hardware.hasTPM == true, devices.hasTPM == false else { return nil }
            return Obstacle(
                "it cannot emulate a TPM", remedy: "install swtpm there (Debian: apt-get install swtpm-tools)")
        case InstanceField.video.path:
            guard let video = hardware.video?.rawValue, !devices.videos.isEmpty, !devices.videos.contains(video) else {
                return nil
            }
            return Obstacle(
                "its QEMU has no graphics card \(video)",
                remedy: "use one of \(devices.videos.sorted().joined(separator: ", "))")
        case InstanceField.graphics.path:
            guard hardware.graphics == .vnc, !devices.screens.isEmpty, !devices.screens.contains("vnc") else {
                return nil
            }
            return Obstacle("its QEMU has no VNC", remedy: "set `hardware: {graphics: none}`")
        default: return nil
        }
    }

    private func machineObstacle(_ machine: String, _ devices: NodeDevices) -> Obstacle? {
        guard !devices.machines.isEmpty, !devices.machines.contains(machine) else { return nil }
        let versions = Architecture.allCases.map(\.machine.versions)
        let known = devices.machines.filter { machine in versions.contains { machine.hasPrefix($0) } }
        let others = known.sorted { one, other in
            let (numbers, others) = (one.numbers, other.numbers)
            return numbers == others ? one < other : others.lexicographicallyPrecedes(numbers)
        }
        return Obstacle(
            "its QEMU does not know the machine \(machine)",
            remedy: NearMiss.of(machine, in: others).map { "did you mean \($0)?" }
                ?? "use one of \(others.prefix(shownModels).joined(separator: ", "))")
    }

    private func firmwareObstacle(_ firmware: Hardware.Firmware, _ devices: NodeDevices) -> Obstacle? {
        guard let known = devices.firmware, !known.contains(firmware) else { return nil }
        return Obstacle(
            known.contains(.uefi)
                ? "its UEFI firmware has no Secure Boot with Microsoft's keys" : "it has no UEFI firmware",
            remedy: "install it there (Debian: apt-get install ovmf; for aarch64, qemu-efi-aarch64)")
    }

    private func cpuObstacle(_ model: String, _ observed: ObservedNode) -> Obstacle? {
        guard let cpus = observed.cpus else { return nil }
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

extension String {
    /// The numbers in it, by which versions are sorted.
    fileprivate var numbers: [Int] { split { !("0"..."9").contains($0) }.compactMap { Int($0) } }
}
