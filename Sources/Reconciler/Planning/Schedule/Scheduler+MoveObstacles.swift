import Spec

extension Scheduler {
    func obstacle(to target: Name, for instance: Instance, _ owned: OwnedDomain) -> MoveObstacle? {
        guard let node = cluster.nodes[target] else {
            return .refusal("there is no node \(target) in the spec", remedy: "use a node of the spec")
        }
        switch node.state {
        case .active: break
        case .cordoned, .maintenance, .offline, .lost:
            return .refusal(
                "the state of \(target) is \(node.state.rawValue)",
                remedy: "set it to active, or pin the instance to another node")
        }
        guard let observed = answered[target] else { return .waits("\(target) does not answer") }
        // What one node emulates is another kind of domain on the other.
        if let source = answered[owned.node], !source.architecture.isEmpty, !observed.architecture.isEmpty,
            source.architecture != observed.architecture
        {
            return .refusal(
                "\(owned.node) has \(source.architecture) processors, and \(target) has \(observed.architecture)",
                remedy:
                    "pin the instance to a node with the same processors, or remove it from the spec, apply, and add it "
                    + "again")
        }
        // What its root disk stands on goes where that is now, whatever the spec says of new ones.
        let pools = disks(of: instance).compactMap { pool($0.pool, on: target) }
        if let obstacle = unfitness(of: observed, for: instance, pools: pools) {
            return .refusal(obstacle.reason, remedy: "\(obstacle.remedy); or pin the instance to another node")
        }
        if let obstacle = ownObstacle(of: instance, owned) { return obstacle }
        let direction: DomainMark.Move
        switch folders(for: instance, owned, to: target) {
        case .found(let folders):
            direction = self.direction(of: owned, to: target, folders: folders)
        case .obstacle(let obstacle): return obstacle
        }
        return diskObstacle(to: target, owned) ?? nicObstacle(to: observed, for: instance, owned)
            ?? imageObstacle(direction, observed, owned) ?? fileObstacle(direction, observed, owned)
            ?? storageObstacle(direction, observed, owned) ?? capacityObstacle(to: target, for: instance, owned)
            ?? routeObstacle(to: target, for: instance, owned)
    }

    /// Why an instance cannot move anywhere.
    func ownObstacle(of instance: Instance, _ owned: OwnedDomain) -> MoveObstacle? {
        if let migration = unfinishedMigrations[instance.name], !(migration.isComplete),
            migration.otherEnd == .unreachable
        {
            let other = migration.move.otherEnd(than: owned.node)
            return .waits("an earlier migration to \(other) is unfinished, and \(other) does not answer")
        }
        if let migration = unfinishedMigrations[instance.name], migration.isComplete, migration.otherEnd == .unreachable
        {
            let other = migration.move.otherEnd(than: owned.node)
            return .waits("it still has files on \(other), which does not answer")
        }
        let wasLeftPaused = wasLeftPaused(owned)
        if let pause = owned.domain.standstill, !wasLeftPaused {
            return .refusal(
                "it is paused\(pause.words)", remedy: pause.remedy(owned.domain.name, on: owned.node.text))
        }
        if owned.domain.hasManagedSave, owned.domain.power == .shutOff {
            if instance.power == .on { return .waits("its memory is saved, and it is resumed here first; apply again") }
            return .refusal(
                "its memory is saved, and a migration would discard it", remedy: owned.savedMemoryRemedy)
        }
        if let other = contradiction(owned) {
            return .waits("according to a roster, \(other) has it as well, and \(other) does not answer")
        }
        if owned.domain.power == .other || instance.power == .keep && owned.domain.power == .paused && !wasLeftPaused {
            return .refusal("it is \(owned.domain.power.rawValue)", remedy: "resume it or shut it down first")
        }
        if owned.domain.hasTrialSnapshot || owned.mark.trial?.isOpen == true {
            return .waits("its last change is not verified yet; apply again when it is")
        }
        if owned.mark.roleTrial?.isOpen == true {
            return .waits("its roles are not settled yet; apply again when they are")
        }
        if !owned.domain.snapshots.isEmpty {
            return .refusal(
                "it has snapshots (\(owned.domain.snapshots.map(\.name).joined(separator: ", "))), which cannot be migrated",
                remedy: owned.domain.snapshots.map { "kvmctl snapshot delete \(instance.name) \($0.name)" }
                    .joined(separator: "; "))
        }
        if let disk = owned.mark.diskPaths.keys.min() {
            return .waits("its disk \(disk) is being moved to another pool; apply again when that is done")
        }
        if owned.mark.isAdopted {
            return .refusal(
                "it was adopted, and kvmctl does not own its files", remedy: "migrate it by hand (virsh migrate)")
        }
        return nil
    }

    private func diskObstacle(to target: Name, _ owned: OwnedDomain) -> MoveObstacle? {
        let volumes = answered[owned.node]?.volumes ?? [:]
        let names = Set(owned.domain.disks.compactMap(\.name))
        if let stranger = owned.domain.disks.first(where: \.isForeign) {
            return .refusal(
                "it has the disk \(stranger.path), which kvmctl did not attach",
                remedy: "detach it first (virsh detach-disk)")
        }
        if names.count < owned.domain.disks.count(where: { $0.given == nil }) {
            return .refusal(
                "two of its disks have the same name", remedy: "detach one of them first (virsh detach-disk)")
        }
        let direction = direction(of: owned, to: target)
        for disk in owned.domain.disks where !isShared(disk.path, on: direction) {
            if let given = disk.given {
                return .refusal(
                    "its disk \(given) is \(disk.path) on \(owned.node), which kvmctl does not move",
                    remedy: "remove the disk from the spec and apply, or pin the instance to \(owned.node)")
            }
            guard let volume = volumes[disk.path] else {
                return .refusal(
                    "\(disk.path) is missing", remedy: "restore the file, or delete and recreate the instance")
            }
            if let obstacle = owned.layersObstacle([disk]) {
                return .refusal(obstacle.reason, remedy: obstacle.remedy)
            }
            if disk.name != "root", volume.backingPath != nil {
                return .refusal(
                    "its disk \(disk.path) has the backing file \(volume.backingPath ?? "that cannot be read"), as after a snapshot",
                    remedy: "remove its snapshots first")
            }
            if let backing = volume.backingPath, !backing.isBaseImagePath {
                return .refusal(
                    "its disk \(disk.path) has the backing file \(backing), which is not a base image of kvmctl",
                    remedy: "remove its snapshots first")
            }
        }
        return nil
    }

    private func nicObstacle(
        to target: ObservedNode, for instance: Instance, _ owned: OwnedDomain
    ) -> MoveObstacle? {
        if let obstacle = hardwareObstacle(target, for: instance) {
            return .refusal(obstacle.reason, remedy: obstacle.remedy)
        }
        if let obstacle = networkObstacle(target, for: instance) {
            return .refusal(obstacle.reason, remedy: "\(obstacle.remedy), or pin the instance to another node")
        }
        let wanted = instance.nics.compactMap { nic in
            cluster.networks[nic.network].map { attachment(of: $0, on: owned.node) }
        }
        for nic in owned.domain.nics where !wanted.contains(nic.attachment) {
            return .refusal(
                "its NIC \(nic.mac) is attached to a network that the spec does not give it",
                remedy: "apply the other changes first, or detach it (virsh detach-interface)")
        }
        for nic in instance.nics {
            guard let network = cluster.networks[nic.network] else { continue }
            guard attachment(of: network, on: owned.node) == attachment(of: network, on: target.name) else {
                return .refusal(
                    "the network \(network.name) has another name in libvirt on \(target.name)",
                    remedy: "pin the instance to another node")
            }
            let attachment = attachment(of: network, on: target.name)
            guard let observed = answered[owned.node],
                observed.needsPlainFrames(at: attachment) == target.needsPlainFrames(at: attachment)
            else {
                return .refusal(
                    "Open vSwitch carries the frames of \(attachment.text) by itself on one of \(owned.node) and \(target.name) "
                        + "(datapath_type=netdev), so the guest's network card is another one there",
                    remedy: "give the bridge the same datapath_type on both nodes, or pin the instance to another node")
            }
        }
        return nil
    }

    private func storageObstacle(
        _ direction: DomainMark.Move, _ observed: ObservedNode, _ owned: OwnedDomain
    ) -> MoveObstacle? {
        poolObstacle(demands(of: owned, on: direction), observed, promised: promisedSpace).map {
            .refusal($0.reason, remedy: "\($0.remedy), or pin the instance to another node")
        }
    }

    private func capacityObstacle(to target: Name, for instance: Instance, _ owned: OwnedDomain) -> MoveObstacle? {
        var capacity = capacity(of: target)
        // What it takes there is counted already where an earlier run's move left its second domain.
        if let migration = unfinishedMigrations[instance.name], migration.isTwice,
            migration.move.otherEnd(than: owned.node) == target
        {
            capacity.promise(vcpus: -Double(owned.domain.vcpus), memory: -Double(owned.domain.memory.bytes))
        }
        let (vcpus, memory) = (Double(instance.vcpus), Double(instance.memory.bytes))
        guard capacity.fits(vcpus: vcpus, memory: memory) else {
            return .refusal(
                capacity.shortage(vcpus: vcpus, memory: memory),
                remedy: "free capacity there, or pin it to another node")
        }
        return nil
    }
}
