import Reconciler
import Spec

extension ObservedDomain.Running {
    /// What a machine has that was just started from a definition.
    init(starting domain: ObservedDomain) {
        self.init(
            vcpus: domain.vcpus, maximumVCPUs: max(4, domain.vcpus * 2), memory: domain.memory,
            wholeMemory: domain.memory, maximumMemory: Size(bytes: domain.memory.bytes * 4), freeMemorySlots: 16,
            nics: domain.nics, disks: domain.definedDisks)
        for index in nics.indices where nics[index].tap == nil { nics[index].tap = FakeNode.chosenTap(nics[index].mac) }
        machine = domain.machine.merging(["hardware.cpu": "EPYC"]) { defined, _ in defined }
    }
}

extension FakeNode {
    mutating func update(_ update: DomainUpdate, of cluster: ClusterIdentity, isMidway: Bool) throws(StepError)
        -> StepResult
    {
        guard let domain = domains[update.uuid] else {
            throw StepError("no domain with matching uuid '\(update.uuid)'")
        }
        try checkOwner(domain, of: cluster)
        switch update.action {
        case .edit(let edit): return try self.edit(domain, edit, of: cluster)
        case .record(let applied):
            let result = try changeDomain(update.uuid, of: cluster) { $0.mark?.applied = applied }
            let marked = domains[update.uuid]?.mark.map { MarkedRole.all(in: $0) } ?? []
            for role in FakeNode.roles(in: domain) where !marked.contains(role) {
                complain("the mark of \(domain.name) forgets \(role.name), which the guest has")
            }
            return result
        case .stop: return try changeDomain(update.uuid, of: cluster) { $0.power = .shutOff }
        case .growDisk(let growth):
            guard domain.disks.contains(where: { $0.path == growth.path && $0.name == growth.disk }),
                let file = files[growth.path]
            else { throw StepError("no disk \(growth.disk) at \(growth.path)") }
            if file.capacity > growth.capacity { complain("\(growth.path) would shrink") }
            files[growth.path]?.capacity = growth.capacity
            return .done
        case .moveDisk(let stage, let disk): return try move(stage, disk, domain, of: cluster, isMidway: isMidway)
        case .rename(let name):
            if domain.power == .running || domain.power == .paused {
                complain("\(domain.name) is renamed while it runs")
            }
            if domains.values.contains(where: { $0.name == name && $0.uuid != domain.uuid }) {
                throw StepError("domain with name '\(name)' already exists")
            }
            return try changeDomain(update.uuid, of: cluster) {
                $0.name = name
                if !isMidway { $0.mark?.domainName = nil }
            }
        case .keepState: return try keepState(domain, of: cluster)
        case .verify(let check, let files): return try verify(check, files, domain, of: cluster, isMidway: isMidway)
        case .clearTrial(let files): return try clearTrial(domain, files, of: cluster, isMidway: isMidway)
        case .keepBeforeRoles(let roles):
            return try keepBeforeRoles(roles, domain, of: cluster, isMidway: isMidway)
        case .settleRoles: return try settleRoles(domain, of: cluster, isMidway: isMidway)
        case .endRoleTrial(_, let hasFailed):
            return try endRoleTrial(domain, hasFailed: hasFailed, of: cluster, isMidway: isMidway)
        case .setVCPUs, .setMemory, .plugDisk, .unplugDisk, .plugNIC, .unplugNIC, .moveNIC, .configureNICs: break
        }
        guard domain.power == .running, domain.running != nil else { return .unchanged }
        if case .moveNIC(let nic) = update.action, domain.running?.nics.contains(where: { $0.name == nic.name }) != true
        {
            return .skipped("it has no NIC \(nic.name)")
        }
        if let refusal = refusal(of: update.action, domain) {
            complain("\(domain.name): \(refusal)")
            throw StepError(refusal)
        }
        if case .configureNICs = update.action { return .done }
        if case .plugNIC(let nic) = update.action { unplugged.remove("tap \(nic.mac)") }
        if case .moveNIC(let nic) = update.action { unplugged.remove("tap \(nic.mac)") }
        return try changeDomain(update.uuid, of: cluster) { $0.running?.change(update.action) }
    }

    /// Why a running machine cannot do that; a plan must not ask for it.
    private func refusal(of action: DomainUpdate.Action, _ domain: ObservedDomain) -> String? {
        guard let running = domain.running else { return nil }
        switch action {
        case .setVCPUs(let count): return running.canHave(vcpus: count) ? nil : "it cannot have \(count) vCPUs now"
        case .setMemory(let size): return running.canHave(memory: size) ? nil : "it cannot have \(size) memory now"
        case .plugDisk(let disk): return files[disk.path] == nil ? "there is no file \(disk.path)" : nil
        case .moveNIC(let nic)
        where running.nics.contains { there in
            guard there.name == nic.name, there.attachment != nic.attachment else { return false }
            return [there.attachment, nic.attachment].contains {
                switch $0 {
                case .network: false
                case .bridge(let port): port != BridgePort(port.bridge)
                case .other: true
                }
            }
        }:
            return "it is moved to no other VLAN"
        case .plugNIC(let nic), .moveNIC(let nic):
            guard case .network(let network) = nic.attachment else { return nil }
            let isUp = networks.values.contains { $0.name == network && $0.isActive }
            return isUp ? nil : "network '\(network)' is not active"
        default: return nil
        }
    }

    private mutating func edit(
        _ domain: ObservedDomain, _ edit: DomainEdit, of cluster: ClusterIdentity
    ) throws(StepError) -> StepResult {
        if edit.mark.cluster != cluster || edit.mark.uuid != domain.uuid {
            complain("\(domain.name) is edited with a mark that is not its own")
        }
        _ = try changeDomain(domain.uuid, of: cluster) { domain in
            domain.mark = edit.mark
            for item in edit.items {
                switch item {
                case .vcpus(let count): domain.vcpus = count
                case .memory(let size): domain.memory = size
                case .machine(let field, let value): domain.machine[field] = value
                case .disk(let disk):
                    domain.disks.removeAll { ($0.name ?? $0.given) == disk.name }
                    domain.disks.append(.init(disk))
                    if disk.name == "root" {
                        for (option, value) in disk.options { domain.machine[option.rootPath] = value }
                    }
                case .diskOptions(let disk):
                    for index in domain.disks.indices
                    where (domain.disks[index].name ?? domain.disks[index].given) == disk.name {
                        domain.disks[index].options = disk.options
                        domain.disks[index].isReadOnly = disk.options[.readonly] == "true"
                    }
                case .removeDisk(let name): domain.disks.removeAll { ($0.name ?? $0.given) == name }
                case .nic(let nic):
                    let isCut = domain.nics.first { $0.name == nic.name }?.isCut ?? false
                    domain.nics.removeAll { $0.name == nic.name }
                    var put = ObservedDomain.NIC(nic)
                    put.isCut = isCut && !nic.mendsLink
                    domain.nics.append(put)
                case .ownTap(let mac):
                    for index in domain.nics.indices where domain.nics[index].mac == mac {
                        domain.nics[index].tap = mac.tapName
                    }
                case .removeNIC(let name): domain.nics.removeAll { $0.name == name }
                case .seedDisk(let path, let revision):
                    domain.disks.removeAll { $0.name == "seed" }
                    domain.disks.append(.init(name: "seed", path: path, serial: revision.isEmpty ? nil : revision))
                case .seed(let revision):
                    for index in domain.disks.indices where domain.disks[index].name == "seed" {
                        domain.disks[index].serial = revision
                    }
                }
            }
        }
        return .done
    }
}

extension ObservedDomain.Running {
    fileprivate mutating func change(_ action: DomainUpdate.Action) {
        switch action {
        case .setVCPUs(let count): vcpus = count
        case .setMemory(let size):
            if size > wholeMemory {
                wholeMemory = size
                freeMemorySlots -= 1
            }
            memory = size
        case .plugDisk(let disk):
            if !disks.contains(where: { ($0.name ?? $0.given) == disk.name }) {
                var plugged = ObservedDomain.Disk(disk)
                plugged.serial = nil
                disks.append(plugged)
            }
        case .unplugDisk(let name): disks.removeAll { ($0.name ?? $0.given) == name }
        case .plugNIC(let nic), .moveNIC(let nic):
            let before = nics.first { $0.name == nic.name && $0.mac == nic.mac }
            let tap = nic.hasOwnTap ? nic.mac.tapName : FakeNode.chosenTap(nic.mac)
            nics.removeAll { $0.name == nic.name }
            var plugged = ObservedDomain.NIC(nic)
            plugged.tap = before?.tap ?? tap
            plugged.isCut = !nic.mendsLink && before?.isCut ?? false
            nics.append(plugged)
        case .unplugNIC(let name): nics.removeAll { $0.name == name }
        case .edit, .record, .stop, .growDisk, .moveDisk, .rename, .configureNICs, .keepState, .verify, .clearTrial,
            .keepBeforeRoles, .settleRoles, .endRoleTrial:
            break
        }
    }
}
