import Spec

extension InstanceEmitter {
    /// Makes what is missing: the domain with its mark first, then what the mark points to, then the start.
    mutating func planNewInstances() {
        for instance in missing {
            guard let decision = placements[instance.name], let node = decision.node else { continue }
            create(instance, on: node, uuid: domainUUID(of: instance.name), name: names.domain(instance.name))
            var details = describe(instance, on: node)
            if let home = diskHome(of: instance.name), home == node {
                details.append("reuses its disks on \(home)")
                if instance.installation != nil {
                    details.append("nothing is installed onto a root disk that is there")
                }
            }
            graph.findings.changes.append(
                Change(
                    .create, ObjectReference(.instance, instance.name.text, on: node), reason: decision.reason,
                    details: details, position: instance.position,
                    // What an answering node is remembered to have had was taken away there.
                    origin: history.instances[instance.name] != nil && removals[instance.name] == nil ? .drift : .edit))
        }
    }

    /// Goes on where an earlier run stopped; the domain was never started by it.
    mutating func resume(_ instance: Instance, _ owned: OwnedDomain) {
        guard owned.mark.installation == nil || instance.installation != nil else {
            graph.findings.refusals.append(
                Plan.Refusal(
                    ObjectReference(.instance, instance.name.text, on: owned.node),
                    reason: "its installation from a CD has begun, and the spec says image: now",
                    remedy: "remove it from the spec, apply, and add it again", position: instance.position))
            return
        }
        guard !refusesGivenDisks(instance, owned) else { return }
        create(instance, on: owned.node, uuid: owned.domain.uuid, name: owned.domain.name, resuming: owned)
        graph.findings.changes.append(
            Change(
                .create, ObjectReference(.instance, instance.name.text, on: owned.node),
                reason: "an earlier run started to create it there",
                details: describe(instance, on: owned.node)
                    + (owned.mark.installation == .failed
                        ? ["its root disk is emptied first: the last installation of it failed"] : []),
                position: instance.position))
    }

    /// Says why a disk that is somebody's own cannot be given to a guest that is about to start, and whether there is one.
    mutating func refusesGivenDisks(_ instance: Instance, _ owned: OwnedDomain) -> Bool {
        for disk in instance.givenDisks {
            guard let obstacle = givenObstacle(disk, of: instance, on: owned.node, besides: owned.domain.uuid) else {
                continue
            }
            graph.findings.refusals.append(
                Plan.Refusal(
                    ObjectReference(.instance, instance.name.text, on: owned.node),
                    reason: "it cannot start: on \(owned.node): \(obstacle.reason)", remedy: obstacle.remedy,
                    position: instance.positions["disks.\(disk.name)"] ?? instance.position))
            return true
        }
        return false
    }

    /// Keeps the data disks that an earlier run made and the spec does not have any more.
    private mutating func keepDropped(_ owned: OwnedDomain, by domain: DomainDefinition, on node: Name) {
        graph.resumed[owned.mark.instance] = domain
        for disk in owned.domain.disks {
            guard disk.isData, let name = disk.name.flatMap({ Name($0) }), answered[node]?.volumes[disk.path] != nil,
                !domain.disks.contains(where: { $0.path == disk.path }),
                !isUsedElsewhere(disk.path, on: node, besides: owned.domain.uuid)
            else { continue }
            graph.keptDisks.append(
                Roster.KeptDisk(
                    instance: owned.mark.instance, disk: name, part: owned.mark.part, node: node, path: disk.path))
        }
    }

    private func describe(_ instance: Instance, on node: Name) -> [String] {
        var details = [
            "\(instance.vcpus) vCPU, \(instance.memory) memory, \(instance.disk) disk, "
                + (instance.installation.map { "installs from \($0.iso)\($0.ending)" } ?? "image \(instance.image)")
        ]
        for nic in instance.nics {
            guard let given = nics[instance.name]?[nic.name] else { continue }
            details.append("\(nic.name) in \(nic.network)\(given.address.map { ", address \($0)" } ?? "")")
        }
        if instance.power != .on { details.append("it stays off: the spec says power: \(instance.power.rawValue)") }
        for disk in instance.ownDisks { details.append("data disk \(disk.name), \(disk.size)") }
        for disk in instance.givenDisks {
            details.append("disk \(disk.name) uses \(givenPath(disk, on: node) ?? "") unchanged")
        }
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
        for path in there { graph.releasedPaths.insert(Location(node: node, what: path)) }
        let toMake = domain.disks.filter {
            !there.contains($0.path) || removals[instance.name] != nil && $0.name == "root"
        }
        domain.mark.phase = .creating
        // Nothing but a disk that is made for it is ever installed onto.
        let isDue = instance.installation != nil && toMake.contains { $0.name == "root" }
        domain.mark.installation = isDue ? .due : owned?.mark.installation
        let installed = domain
        // A node that restarts in between must not start half a system.
        if domain.mark.installation != nil { domain.autostart = false }
        domain.hasNewRoot = toMake.contains { $0.name == "root" }
        if let base = keptBaseImage(of: domain, instance, on: node, besides: toMake) { domain.mark.baseImage = base }
        if let owned { keepDropped(owned, by: domain, on: node) }
        let define = define(domain, instance, on: node, owned)
        let pools = disks(of: instance).compactMap { entry in
            pool(entry.pool, on: node).map { Requirement.pool(Location(node: node, what: $0.path)) }
        }
        let made = makeDisks(of: domain, toMake, instance, on: node, after: [.step(define)] + pools)
        let seed = StepID("\(prefix)/seed")
        add(
            PlannedStep(
                id: seed, node: node, object: object,
                operation: .storage(.writeSeed(seedDefinition(of: instance, path: domain.seedPath, uuid: uuid))),
                requires: [.step(define)] + pools))
        let finish = StepID("\(prefix)/finish")
        // A root disk that is there already stands on something, too.
        let kept = domain.hasNewRoot ? nil : keptBacking(of: instance, on: node)
        let requires =
            ([define] + made + [seed]).map(Requirement.step) + (kept.map { footing(on: $0, of: node) } ?? [])
        if domain.mark.installation != nil, let installation = installation(of: installed, instance, on: node) {
            let networks = instance.nics.map { Requirement.network(Location(node: node, what: $0.network.text)) }
            add(
                PlannedStep(
                    id: finish, node: node, object: object, operation: .domain(.install(installation)),
                    requires: requires + networks + [.image(Location(node: node, what: installation.disc))],
                    after: bootsBefore(instance.name, on: node)))
        } else {
            add(
                PlannedStep(
                    id: finish, node: node, object: object,
                    operation: .domain(.finishCreation(uuid: uuid, name: name)), requires: requires))
        }
        guard instance.power == .on else { return }
        let start = StepID("\(prefix)/start")
        let networks = instance.nics.map { Requirement.network(Location(node: node, what: $0.network.text)) }
        add(
            PlannedStep(
                id: start, node: node, object: object,
                operation: .domain(.start(uuid: uuid, name: name)), requires: [.step(finish)] + networks,
                after: bootsBefore(instance.name, on: node)))
        add(readyStep(instance, on: node, uuid: uuid, name: name, after: start))
    }

    /// The installer of a new instance; nil for one whose root disk is made from an image.
    private func installation(
        of domain: DomainDefinition, _ instance: Instance, on node: Name
    ) -> DomainInstallation? {
        guard let installation = instance.installation, let disc = baseImagePath(of: instance, on: node),
            let root = domain.disks.first(where: { $0.name == "root" })
        else { return nil }
        var answers: DomainInstallation.Answers?
        if let path = installation.answers, let content = inputs.files[path]?.bytes, let disc = installation.disc {
            answers = DomainInstallation.Answers(volume: disc.volume, file: disc.file, content: content)
        }
        return DomainInstallation(
            domain: domain,
            root: VolumeDefinition(path: root.path, capacity: instance.disk, backingPath: nil, owner: domain.uuid),
            disc: disc, answers: answers, until: installation.until, timeout: installation.timeout)
    }

    /// A root disk that is reused stands on what it was made from, whatever the spec says now.
    private func keptBaseImage(
        of domain: DomainDefinition, _ instance: Instance, on node: Name, besides toMake: [DomainDefinition.Disk]
    ) -> String? {
        guard let root = domain.disks.first(where: { $0.name == "root" && !toMake.contains($0) }) else { return nil }
        let layers =
            answered[node]?.layers(below: root.path, disk: "root", of: instance.name, identity, owner: domain.uuid)
            ?? []
        return answered[node]?.volumes[layers.last ?? root.path]?.backingPath?.fileName
    }

    /// Defines a domain whose disks are yet to be made.
    private mutating func define(
        _ domain: DomainDefinition, _ instance: Instance, on node: Name, _ owned: OwnedDomain?
    ) -> StepID {
        let define = StepID("\(node)/instance/\(instance.name)/define")
        // Whoever answers must know of it before it is there.
        let write = isMoving(instance.name) ? RosterWrite.moving : .opening
        let earlier =
            [removals[instance.name]].compactMap(\.self) + spaceMakers(for: instance)
            + (identities.waits[instance.name] ?? [])
        add(
            PlannedStep(
                id: define, node: node, object: ObjectReference(.instance, instance.name.text, on: node),
                operation: .domain(.define(domain)),
                expectation: owned.map { .unchanged(fingerprint: $0.domain.fingerprint) } ?? .absent,
                requires: [.roster(write, on: node)] + earlier.map(Requirement.step), after: [.everyRoster(write)],
                record: .isOnRecord))
        return define
    }

    /// Makes a new domain's disks, and has those grow that it reuses.
    private mutating func makeDisks(
        of domain: DomainDefinition, _ toMake: [DomainDefinition.Disk], _ instance: Instance, on node: Name,
        after requires: [Requirement]
    ) -> [StepID] {
        let object = ObjectReference(.instance, instance.name.text, on: node)
        let prefix = "\(node)/instance/\(instance.name)"
        var made: [StepID] = []
        for disk in toMake {
            let step = StepID("\(prefix)/volume/\(disk.name)")
            add(volumeStep(step, disk, instance, on: node, uuid: domain.uuid, object: object, requires: requires))
            made.append(step)
        }
        for disk in domain.disks where !toMake.contains(disk) {
            // A disk that is reused may be smaller than the spec has it now.
            let size = instance.disks.first { $0.name.text == disk.name }?.size ?? instance.disk
            // Not below an installer, which divides it.
            guard let old = answered[node]?.volumes[disk.path], old.capacity < size, domain.mark.installation == nil
            else { continue }
            let step = StepID("\(prefix)/grow/\(disk.name)")
            let growth = DiskGrowth(disk: disk.name, path: disk.path, capacity: size)
            add(
                PlannedStep(
                    id: step, node: node, object: object,
                    operation: .update(
                        DomainUpdate(uuid: domain.uuid, name: domain.name, action: .growDisk(growth))),
                    requires: requires))
            made.append(step)
        }
        return made
    }

    /// The deletions that an instance waits for because nothing else had space.
    private func spaceMakers(for instance: Instance) -> [StepID] {
        guard let decision = placements[instance.name], decision.needsDeletions, let node = decision.node else {
            return []
        }
        return removalsByNode[node] ?? []
    }

    private func volumeStep(
        _ id: StepID, _ disk: DomainDefinition.Disk, _ instance: Instance, on node: Name, uuid: UniqueID,
        object: ObjectReference, requires: [Requirement]
    ) -> PlannedStep {
        let hasBase = disk.name == "root" && instance.installation == nil
        let backing = hasBase ? baseImagePath(of: instance, on: node) : nil
        let size =
            disk.name == "root"
            ? instance.disk : instance.disks.first { $0.name.text == disk.name }?.size ?? instance.disk
        let image = backing.map { Requirement.image(Location(node: node, what: $0)) }
        return PlannedStep(
            id: id, node: node, object: object,
            operation: .storage(
                .createVolume(
                    VolumeDefinition(path: disk.path, capacity: size, backingPath: backing, owner: uuid))),
            requires: requires + [image].compactMap(\.self))
    }
}

extension Installation {
    /// How long it may take, and how its end is known: ` until it powers off, within 1h`.
    fileprivate var ending: String {
        let end =
            switch until {
            case .poweroff: "it powers off"
            case .reboot: "it reboots"
            case .agent: "its agent answers"
            }
        return ", until \(end), within \(limit)"
    }

    private var limit: String {
        let seconds = timeout.components.seconds
        if seconds % 3600 == 0 { return "\(seconds / 3600) h" }
        return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
    }
}
