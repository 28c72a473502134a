import Spec

extension Draft {
    /// Makes what is missing: the domain with its mark first, then what the mark points to, then the start.
    mutating func planNewInstances() {
        for instance in missing {
            guard let decision = placements[instance.name], let node = decision.node else { continue }
            create(instance, on: node, uuid: names.domainUUID(instance.name), name: names.domain(instance.name))
            var details = describe(instance, on: node)
            if let home = diskHome(of: instance.name), home == node {
                details.append("takes back its disks on \(home)")
            }
            changes.append(
                Change(
                    .create, ObjectReference(.instance, instance.name.text, on: node), reason: decision.reason,
                    details: details, position: instance.position,
                    // What an answering node is remembered to have had was taken away there.
                    origin: memory.instances[instance.name] != nil && removals[instance.name] == nil ? .drift : .edit))
        }
    }

    /// Goes on where an earlier run stopped; the domain was never started by it.
    mutating func resume(_ instance: Instance, _ owned: OwnedDomain) {
        create(instance, on: owned.node, uuid: owned.domain.uuid, name: owned.domain.name, resuming: owned)
        changes.append(
            Change(
                .create, ObjectReference(.instance, instance.name.text, on: owned.node),
                reason: "an earlier run began to make it there", details: describe(instance, on: owned.node),
                position: instance.position))
    }

    /// Keeps the data disks that an earlier run made and the spec does not have any more.
    private mutating func keepDropped(_ owned: OwnedDomain, by domain: DomainDefinition, on node: Name) {
        resumed[owned.mark.instance] = domain
        for disk in owned.domain.disks {
            guard disk.isData, let name = disk.name.flatMap({ Name($0) }), answered[node]?.volumes[disk.path] != nil,
                !domain.disks.contains(where: { $0.path == disk.path }),
                !isUsedElsewhere(disk.path, on: node, besides: owned.domain.uuid)
            else { continue }
            newlyKept.append(
                Roster.KeptDisk(
                    instance: owned.mark.instance, disk: name, part: owned.mark.part, node: node, path: disk.path))
        }
    }

    private func describe(_ instance: Instance, on node: Name) -> [String] {
        var details = [
            "\(instance.vcpus) vCPU, \(instance.memory) memory, \(instance.disk) disk, image \(instance.image)"
        ]
        for nic in instance.nics {
            guard let given = nics[instance.name]?[nic.name] else { continue }
            details.append("\(nic.name) in \(nic.network)\(given.address.map { ", address \($0)" } ?? "")")
        }
        if instance.power != .on { details.append("it stays off: the spec says power: \(instance.power.rawValue)") }
        for disk in instance.disks { details.append("data disk \(disk.name), \(disk.size)") }
        if let secret = instance.access.rootPassword, let why = inputs.missingSecrets[secret] {
            details.append("rootPassword cannot be read now: \(why)")
        }
        return details
    }

    /// The steps from nothing, or from a half-made domain, to a ready instance.
    private mutating func create(
        _ instance: Instance, on node: Name, uuid: UniqueID, name: String, resuming owned: OwnedDomain? = nil
    ) {
        let object = ObjectReference(.instance, instance.name.text, on: node)
        let prefix = "\(node)/instance/\(instance.name)"
        var domain = definition(of: instance, on: node, uuid: uuid, name: name)
        // What an earlier run chose stays, also under a new name: nothing else would lead to those files.
        for disk in owned?.domain.disks ?? [] {
            if disk.name == "seed" { domain.seedPath = disk.path }
            for index in domain.disks.indices where domain.disks[index].name == disk.name {
                domain.disks[index].path = disk.path
            }
        }
        let there = Set(domain.disks.map(\.path).filter { answered[node]?.volumes[$0] != nil })
        for path in there { releasedPaths.insert(Location(node: node, what: path)) }
        let toMake = domain.disks.filter {
            !there.contains($0.path) || removals[instance.name] != nil && $0.name == "root"
        }
        domain.mark.phase = .creating
        // A root disk that is taken back stands on what it was made from, whatever the spec says now.
        let base = domain.disks.first { $0.name == "root" && !toMake.contains($0) }.flatMap { root -> String? in
            let layers =
                answered[node]?.layers(below: root.path, disk: "root", of: instance.name, identity, owner: uuid) ?? []
            return answered[node]?.volumes[layers.last ?? root.path]?.backingPath?.fileName
        }
        if let base { domain.mark.baseImage = base }

        let networks = instance.nics.flatMap { networkSteps[Location(node: node, what: $0.network.text)] ?? [] }
        let pools = disks(of: instance).compactMap { entry -> StepID? in
            pool(entry.pool, on: node).flatMap { poolSteps[Location(node: node, what: $0.path)] }
        }
        if let owned { keepDropped(owned, by: domain, on: node) }
        let define = StepID("\(prefix)/define")
        // Whoever answers must know of it before it is there.
        let isMoving = isMoving(instance.name)
        let roster = isMoving ? movingRoster(node) : openingRoster(node)
        let others = everyRoster(isMoving: isMoving)
        add(
            Step(
                id: define, node: node, object: object, operation: .domain(.define(domain)),
                expectation: owned.map { .unchanged(fingerprint: $0.domain.fingerprint) } ?? .absent,
                requires: Draft.unique(
                    [roster, removals[instance.name]].compactMap(\.self) + roomMakers(for: instance)
                        + (waits[instance.name] ?? [])),
                after: others))
        var made = [define]
        for disk in toMake {
            let step = StepID("\(prefix)/volume/\(disk.name)")
            add(volumeStep(step, disk, instance, on: node, uuid: uuid, object: object, requires: [define] + pools))
            made.append(step)
        }
        for disk in domain.disks where there.contains(disk.path) && !toMake.contains(disk) {
            // A disk that is taken back may be smaller than the spec has it now.
            let size = instance.disks.first { $0.name.text == disk.name }?.size ?? instance.disk
            guard let old = answered[node]?.volumes[disk.path], old.capacity < size else { continue }
            let step = StepID("\(prefix)/grow/\(disk.name)")
            let growth = DiskGrowth(disk: disk.name, path: disk.path, capacity: size)
            add(
                Step(
                    id: step, node: node, object: object,
                    operation: .update(DomainUpdate(uuid: uuid, name: name, action: .growDisk(growth))),
                    requires: Draft.unique([define] + pools)))
            made.append(step)
        }
        let seed = StepID("\(prefix)/seed")
        add(
            Step(
                id: seed, node: node, object: object,
                operation: .storage(.writeSeed(seedDefinition(of: instance, path: domain.seedPath, uuid: uuid))),
                requires: Draft.unique([define] + pools)))
        let finish = StepID("\(prefix)/finish")
        add(
            Step(
                id: finish, node: node, object: object, operation: .domain(.finishCreation(uuid: uuid, name: name)),
                requires: made + [seed]))
        guard instance.power == .on else { return }
        add(
            Step(
                id: StepID("\(prefix)/start"), node: node, object: object,
                operation: .domain(.start(uuid: uuid, name: name)), requires: Draft.unique([finish] + networks),
                after: bootsBefore(on: node)))
        add(readyStep(instance, on: node, uuid: uuid, name: name))
    }

    /// An emulated guest needs a core for a minute to boot: on a node without KVM they boot one after the other.
    func bootsBefore(on node: Name) -> [StepID] {
        guard answered[node]?.hasKVM == false else { return [] }
        return lastBoots[node].map { [$0] } ?? []
    }

    /// The deletions that an instance waits for because nothing else had room.
    private func roomMakers(for instance: Instance) -> [StepID] {
        guard let decision = placements[instance.name], decision.needsDeletions, let node = decision.node else {
            return []
        }
        return owned.filter { $0.value.node == node }.compactMap { removals[$0.key] }.sorted { $0.text < $1.text }
    }

    private func volumeStep(
        _ id: StepID, _ disk: DomainDefinition.Disk, _ instance: Instance, on node: Name, uuid: UniqueID,
        object: ObjectReference, requires: [StepID]
    ) -> Step {
        let backing = disk.name == "root" ? baseImagePath(of: instance, on: node) : nil
        let size =
            disk.name == "root"
            ? instance.disk : instance.disks.first { $0.name.text == disk.name }?.size ?? instance.disk
        let image = backing.flatMap { imageSteps[Location(node: node, what: $0)] }
        return Step(
            id: id, node: node, object: object,
            operation: .storage(
                .createVolume(
                    VolumeDefinition(path: disk.path, capacity: size, backingPath: backing, owner: uuid))),
            requires: Draft.unique(requires + [image].compactMap(\.self)))
    }

    /// Everything a domain is defined with.
    func definition(of instance: Instance, on node: Name, uuid: UniqueID, name: String) -> DomainDefinition {
        let given = nics[instance.name] ?? [:]
        let mark = DomainMark(
            cluster: identity, part: instance.part, instance: instance.name, uuid: uuid, phase: .active,
            wasReady: false,
            protect: instance.protect, baseImage: inputs.images[instance.image]?.fileName ?? "", nics: given,
            applied: instance.fields(inputs: inputs))
        let disks = disks(of: instance).map { entry in
            DomainDefinition.Disk(
                name: entry.disk,
                path: diskPath(
                    entry.disk, in: pool(entry.pool, on: node)?.path ?? Pool.localPath, of: instance.name, on: node),
                serial: entry.disk == "root" ? nil : Name(entry.disk).map { serial(of: $0, in: instance) })
        }
        var domain = DomainDefinition(
            name: name, uuid: uuid, mark: mark, hasKVM: answered[node]?.hasKVM ?? false, vcpus: instance.vcpus,
            maximumVCPUs: Draft.vcpuHeadRoom(instance.vcpus), memory: instance.memory,
            maximumMemory: Draft.memoryHeadRoom(instance.memory),
            nics: instance.nics.compactMap { nic in
                guard let mac = given[nic.name]?.mac, let network = cluster.networks[nic.network] else { return nil }
                return DomainDefinition.NIC(name: nic.name, mac: mac, attachment: attachment(of: network, on: node))
            },
            disks: disks,
            seedPath: "\(pool(instance.pool, on: node)?.path ?? Pool.localPath)/\(names.seed(instance.name))",
            autostart: instance.autostart)
        domain.machine = instance.machine
        return domain
    }

    func seedDefinition(of instance: Instance, path: String, uuid: UniqueID) -> SeedDefinition {
        let given = nics[instance.name] ?? [:]
        let plugged = instance.nics.compactMap { nic -> SeedDefinition.NIC? in
            guard let entry = given[nic.name], let network = cluster.networks[nic.network] else { return nil }
            return SeedDefinition.NIC(
                name: nic.name, mac: entry.mac, addressing: network.addressing(given: entry.address))
        }
        return SeedDefinition(of: instance, path: path, owner: uuid, nics: plugged, inputs: inputs)
    }

    /// Twice the vCPUs and at least four can be reached without a reboot; an unused one costs next to nothing.
    static func vcpuHeadRoom(_ vcpus: Int) -> Int { max(4, vcpus * 2) }

    /// Four times the memory can be reached by hot-plug; only page tables grow with it.
    static func memoryHeadRoom(_ memory: Size) -> Size { Size(bytes: memory.bytes * 4) }
}
