import Spec

extension OutcomeReading {
    /// Everything a domain is defined with.
    func definition(of instance: Instance, on node: Name, uuid: UniqueID, name: String) -> DomainDefinition {
        let given = nics[instance.name] ?? [:]
        let mark = DomainMark(
            cluster: identity, part: instance.part, instance: instance.name, uuid: uuid, phase: .active,
            wasReady: false,
            protect: instance.protect, baseImage: inputs.images[instance.image]?.fileName ?? "", nics: given,
            applied: instance.fields(inputs: inputs))
        let disks = disks(of: instance).map { entry in
            var disk = DomainDefinition.Disk(
                name: entry.disk, path: path(of: entry.disk, in: entry.pool, of: instance, on: node),
                serial: entry.disk == "root" ? nil : Name(entry.disk).map { serial(of: $0, in: instance) })
            disk.options = instance.disks.first { $0.name.text == entry.disk }?.options ?? [:]
            return disk
        }
        let architecture = instance.architecture ?? .x86_64
        let isEmulated = answered[node].map { $0.emulated.contains(architecture.rawValue) } ?? false
        let grows = architecture.growsWhileRunning
        var domain = DomainDefinition(
            name: name, uuid: uuid, mark: mark, hasKVM: !isEmulated && answered[node]?.hasKVM ?? false,
            vcpus: instance.vcpus,
            maximumVCPUs: grows ? Self.vcpuHeadroom(instance.vcpus) : instance.vcpus, memory: instance.memory,
            maximumMemory: grows ? Self.memoryHeadroom(instance.memory) : instance.memory,
            nics: instance.nics.compactMap { nic in
                guard let mac = given[nic.name]?.mac, let network = cluster.networks[nic.network] else { return nil }
                return definition(of: nic, in: network, mac, of: instance, on: node)
            },
            disks: disks,
            seedPath: seedPath(of: instance, on: node), autostart: instance.autostart)
        domain.architecture = architecture
        domain.machine = instance.machine
        domain.givenDisks = instance.givenDisks.compactMap { disk in
            givenPath(disk, on: node).map { definition(of: disk, at: $0, in: instance) }
        }
        return domain
    }

    /// The paths of all that is made for an instance on a node, by disk name.
    func volumes(of instance: Instance, on node: Name) -> [String: String] {
        var volumes = ["seed": seedPath(of: instance, on: node)]
        for entry in disks(of: instance) {
            volumes[entry.disk] = path(of: entry.disk, in: entry.pool, of: instance, on: node)
        }
        return volumes
    }

    private func path(of disk: String, in pool: Name, of instance: Instance, on node: Name) -> String {
        diskPath(disk, in: self.pool(pool, on: node)?.path ?? Pool.localPath, of: instance.name, on: node)
    }

    private func seedPath(of instance: Instance, on node: Name) -> String {
        "\(pool(instance.pool, on: node)?.path ?? Pool.localPath)/\(names.seed(instance.name))"
    }

    func seedDefinition(of instance: Instance, path: String, uuid: UniqueID) -> SeedDefinition {
        let given = nics[instance.name] ?? [:]
        let plugged = instance.nics.compactMap { nic -> SeedDefinition.NIC? in
            guard let entry = given[nic.name], let network = cluster.networks[nic.network] else { return nil }
            return SeedDefinition.NIC(nic, of: instance, in: network, entry)
        }
        return SeedDefinition(of: instance, path: path, owner: uuid, nics: plugged, inputs: inputs)
    }

    /// Twice the vCPUs and at least four can be reached without a reboot; an unused one costs next to nothing.
    static func vcpuHeadroom(_ vcpus: Int) -> Int { max(4, vcpus * 2) }

    /// Four times the memory can be reached by hot-plug; only page tables grow with it.
    static func memoryHeadroom(_ memory: Size) -> Size { Size(bytes: memory.bytes * 4) }
}
