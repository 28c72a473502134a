import Libvirt
import Reconciler
import Spec

/// Changes of domains that are there: each looks at what is there, and does what is missing.
struct UpdateDriver: SubjectDriver {
    let context: NodeContext

    func update(
        _ update: DomainUpdate, _ expectation: Step.Expectation, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        if case .stop(let timeout, let force) = update.action {
            return try await domains.stop(update.uuid, update.name, expectation, timeout: timeout, force: force, report)
        }
        return try await domains.change(update.uuid, update.name, expectation) { domain in
            switch update.action {
            case .edit(let edit): return try await self.edit(domain, edit)
            case .record(let applied): return try await domains.mark(domain) { $0.applied = applied }
            case .growDisk(let growth): return try await grow(growth, of: domain, report)
            case .moveDisk(let stage, let disk): return try await move(stage, disk, of: domain, report)
            case .rename(let name): return try await rename(domain, to: name)
            case .stop: return .unchanged
            case .keepState: return try await keepState(of: domain)
            case .verify(let check, _): return try await verify(check, of: domain, report)
            case .clearTrial: return try await clearTrial(domain)
            case .keepBeforeRoles(let roles): return try await keepBeforeRoles(roles, of: domain, report)
            case .settleRoles: return try await settleRoles(of: domain)
            case .endRoleTrial(let check, let hasFailed):
                return try await endRoleTrial(of: domain, check, hasFailed: hasFailed, report)
            case .setVCPUs, .setMemory, .plugDisk, .unplugDisk, .plugNIC, .unplugNIC, .moveNIC, .configureNICs: break
            }
            // What does not run any more gets all of this from its definition at its next start.
            guard domain.isActive, let running = domain.running else { return .unchanged }
            switch update.action {
            case .setVCPUs(let count): return try await set(vcpus: count, of: domain, running, report)
            case .setMemory(let size): return try await set(memory: size, of: domain, running, report)
            case .plugDisk(let disk): return try await plug(disk, into: domain, running)
            case .unplugDisk(let name):
                let mark = domain.mark
                let alias = try await self.alias(in: domain) { $0.disk(named: name, of: mark) }
                return try await unplug(alias ?? DeviceAlias.disk(name), from: domain, report) {
                    $0.disks.contains { ($0.name ?? $0.given) == name }
                }
            case .plugNIC(let nic): return try await plug(nic, into: domain, running)
            case .unplugNIC(let name):
                let mark = domain.mark
                let alias = try await self.alias(in: domain) { $0.nic(named: name, of: mark) }
                return try await unplug(alias ?? DeviceAlias.nic(name), from: domain, report) {
                    $0.nics.contains { $0.name == name }
                }
            case .moveNIC(let nic): return try await move(nic, of: domain, running)
            case .configureNICs(let nics): return try await configure(nics, of: domain, report)
            case .edit, .record, .growDisk, .moveDisk, .rename, .stop, .keepState, .verify, .clearTrial,
                .keepBeforeRoles, .settleRoles, .endRoleTrial:
                return .unchanged
            }
        }
    }

    /// Changes the definition in place; what is not ours in it stays as it is.
    func edit(_ domain: ObservedDomain, _ edit: DomainEdit) async throws -> StepResult {
        let id = try domain.uuid.libvirt
        let name = domain.name
        if edit.setsUEFI { try FirmwareState.check(try await connection.libvirtVersion()) }
        try await connection.changes.call("changing the definition of \(name)") { libvirt in
            let xml = try edit.text(editing: libvirt.domainXML(id, [.inactive, .secure]), of: name)
            try libvirt.defineDomain(xml, validating: false)
        }
        return .done
    }
}
