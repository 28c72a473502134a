import Reconciler
import Spec

extension FakeNode {
    /// Whether a domain is what a definition describes, autostart aside, which is set by a second call.
    static func matches(_ domain: ObservedDomain, _ definition: DomainDefinition) -> Bool {
        var new = observed(definition)
        new.power = domain.power
        new.autostart = domain.autostart
        var old = domain
        old.fingerprint = ""
        old.seenAddresses = []
        old.running = nil
        return old == new
    }

    private static func observed(_ definition: DomainDefinition) -> ObservedDomain {
        var domain = ObservedDomain(
            uuid: definition.uuid, name: definition.name, power: .shutOff, autostart: false, mark: definition.mark,
            vcpus: definition.vcpus, memory: definition.memory, fingerprint: "")
        domain.nics = definition.nics.map { ObservedDomain.NIC($0) }
        domain.disks = (definition.disks + definition.givenDisks).map { .init($0) }
        domain.disks.append(.init(name: "seed", path: definition.seedPath))
        domain.machine = definition.machine
        domain.architecture = definition.architecture.rawValue
        return domain
    }

    mutating func define(
        _ definition: DomainDefinition, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        if let other = domains.values.first(where: { $0.name == definition.name && $0.uuid != definition.uuid }) {
            complain("domain \(definition.name) would be defined over \(other.uuid)")
            return .skipped("domain '\(definition.name)' already exists with uuid \(other.uuid)")
        }
        if definition.mark.cluster != cluster || definition.mark.uuid != definition.uuid {
            complain("\(definition.name) is defined with a mark that is not its own")
        }
        let old = domains[definition.uuid]
        if let old { try checkOwner(old, of: cluster) }
        var new = FakeNode.observed(definition)
        new.power = old?.power ?? .shutOff
        new.autostart = isMidway ? old?.autostart ?? false : definition.autostart
        new.seenAddresses = old?.seenAddresses ?? []
        new.running = old?.running
        domains[definition.uuid] = new
        return new == old ? .unchanged : .done
    }

    mutating func changeDomain(
        _ uuid: UniqueID, of cluster: ClusterIdentity, _ change: (inout ObservedDomain) -> Void
    ) throws(StepError) -> StepResult {
        guard let old = domains[uuid] else { throw StepError("no domain with matching uuid '\(uuid)'") }
        try checkOwner(old, of: cluster)
        var new = old
        change(&new)
        domains[uuid] = new
        return new == old ? .unchanged : .done
    }

    /// Marks a domain that nobody has marked.
    mutating func adopt(_ uuid: UniqueID, _ mark: DomainMark) throws(StepError) -> StepResult {
        guard var domain = domains[uuid] else { return .skipped("it is not there any more") }
        if domain.mark == mark { return .unchanged }
        if domain.mark != nil || domain.markProblem != nil {
            complain("\(domain.name) is adopted over a mark")
            return .skipped("somebody marked it")
        }
        domain.mark = mark
        for index in domain.nics.indices {
            domain.nics[index].name = mark.nics.first { $0.value.mac == domain.nics[index].mac }?.key
        }
        for index in domain.disks.indices { domain.disks[index].name = domain.disks[index].target }
        domains[uuid] = domain
        return .done
    }

    mutating func finishCreation(_ uuid: UniqueID, of cluster: ClusterIdentity) throws(StepError) -> StepResult {
        if let domain = domains[uuid] {
            for disk in domain.disks where files[disk.path] == nil {
                complain("the creation of \(domain.name) is finished without \(disk.path)")
            }
        }
        return try changeDomain(uuid, of: cluster) { if $0.mark?.phase == .creating { $0.mark?.phase = .active } }
    }

    mutating func install(
        _ installation: DomainInstallation, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        let uuid = installation.domain.uuid
        guard let domain = domains[uuid], domain.mark?.phase == .creating else { return .unchanged }
        for path in domain.disks.map(\.path) + [installation.disc] where files[path] == nil {
            throw StepError("cannot install \(domain.name)", causes: ["Cannot access storage file '\(path)'"])
        }
        return try changeDomain(uuid, of: cluster) { domain in
            domain.power = isMidway ? .running : .shutOff
            domain.mark?.installation = isMidway ? .begun : nil
            if !isMidway {
                domain.mark?.phase = .active
                domain.autostart = installation.domain.autostart
            }
        }
    }

    mutating func start(_ uuid: UniqueID, of cluster: ClusterIdentity) throws(StepError) -> StepResult {
        guard let domain = domains[uuid] else { throw StepError("no domain with matching uuid '\(uuid)'") }
        if domain.power == .running { return .unchanged }
        try finishGoingBack(uuid, of: cluster)
        if domain.mark?.phase == .deleting { complain("\(domain.name) is started while it is to be deleted") }
        if domain.hasManagedSave {
            let disks = savedDisks(of: domain)
            if disks != saved[uuid] { complain("\(domain.name) goes on with its saved memory over other disks") }
            saved[uuid] = nil
        }
        for disk in domain.disks where halves.contains(disk.path) {
            complain("\(domain.name) is started with half of \(disk.path)")
        }
        for disk in domain.disks {
            var path: String? = disk.path
            while let current = path {
                guard let file = files[current] else {
                    throw StepError("cannot start \(domain.name)", causes: ["Cannot access storage file '\(current)'"])
                }
                path = file.backingPath
            }
        }
        for nic in domain.nics {
            switch nic.attachment {
            case .network(let network):
                guard networks.values.contains(where: { $0.name == network && $0.isActive }) else {
                    throw StepError("cannot start \(domain.name)", causes: ["network '\(network)' is not active"])
                }
            case .bridge(let port):
                guard observed.has(port) else {
                    throw StepError("cannot start \(domain.name)", causes: ["Cannot get interface '\(port.bridge)'"])
                }
            case .other: break
            }
        }
        unplugged.subtract(domain.nics.map { "tap \($0.mac)" })
        loadFilter(of: domain)
        return try changeDomain(uuid, of: cluster) {
            $0.power = .running
            $0.pause = nil
            $0.hasManagedSave = false
            $0.running = ObservedDomain.Running(starting: $0)
        }
    }

    /// Writes the memory of a running domain away, as somebody does behind kvmctl's back.
    mutating func save(_ uuid: UniqueID) {
        guard let domain = domains[uuid] else { return }
        domains[uuid]?.power = .shutOff
        domains[uuid]?.hasManagedSave = true
        saved[uuid] = savedDisks(of: domain)
    }

    private func savedDisks(of domain: ObservedDomain) -> [String: ObservedVolume] {
        var disks: [String: ObservedVolume] = [:]
        for disk in domain.disks { disks[disk.path] = files[disk.path] }
        return disks
    }

    mutating func awaitReady(_ check: ReadinessCheck, of cluster: ClusterIdentity) throws(StepError) -> StepResult {
        guard domains[check.uuid]?.power == .running else { throw StepError("\(check.name) is not running") }
        _ = try changeDomain(check.uuid, of: cluster) { $0.mark?.wasReady = true }
        return .done
    }

    mutating func undefine(_ uuid: UniqueID, of cluster: ClusterIdentity) throws(StepError) -> StepResult {
        guard let domain = domains[uuid] else { return .unchanged }
        try checkOwner(domain, of: cluster)
        guard domain.power == .shutOff else {
            complain("\(domain.name) is undefined while it runs")
            throw StepError("\(domain.name) is running")
        }
        if domain.mark?.phase != .deleting { complain("\(domain.name) is undefined without a mark that says so") }
        for disk in domain.disks where files[disk.path] != nil {
            if disk.name == "root" || disk.name == "seed" { complain("\(disk.path) stays behind \(domain.name)") }
        }
        for paths in (domain.mark?.diskPaths ?? [:]).values {
            for path in [paths.from, paths.to]
            where files[path] != nil && !domain.disks.contains(where: { $0.path == path }) {
                let isUsed = domains.values.contains { $0.uuid != uuid && $0.disks.contains { $0.path == path } }
                if !isUsed { complain("\(path) stays behind \(domain.name)") }
            }
        }
        domains[uuid] = nil
        return .done
    }

    /// A real driver refuses to touch what is not its cluster's; being asked to is a defect of the planner.
    mutating func checkOwner(_ domain: ObservedDomain, of cluster: ClusterIdentity) throws(StepError) {
        guard domain.mark?.cluster == cluster, domain.mark?.uuid == domain.uuid, domain.markProblem == nil else {
            complain("foreign domain \(domain.name) would be changed")
            throw StepError("domain \(domain.name) is not of cluster \(cluster.name)")
        }
    }
}

extension ObservedDomain.NIC {
    /// A NIC of a definition as it is seen.
    init(_ nic: DomainDefinition.NIC) {
        self.init(
            name: nic.name, mac: nic.mac, attachment: nic.attachment, mtu: nic.mtu,
            tap: nic.hasOwnTap ? nic.mac.tapName : nil)
        bandwidth = nic.bandwidth
        sendsPlainFrames = nic.sendsPlainFrames
    }
}

extension ObservedDomain.Disk {
    /// A disk of a definition as it is seen.
    init(_ disk: DomainDefinition.Disk) {
        self.init(name: disk.isGiven ? nil : disk.name, path: disk.path, serial: disk.serial)
        given = disk.isGiven ? disk.name : nil
        isReadOnly = disk.options[.readonly] == "true"
        options = disk.options
        isHotPluggable = disk.options[.bus] != "sata"
    }
}
