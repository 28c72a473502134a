import Libvirt
import Reconciler
import Spec

/// Disks that get larger, and the guests' file systems on them.
extension UpdateDriver {
    /// Grows a disk, never shrinks it, and has the guest's agent grow the file system on it.
    ///
    /// A guest without an agent grows its root file system at its next boot, by cloud-init.
    func grow(
        _ growth: DiskGrowth, of domain: ObservedDomain, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        guard let disk = domain.disks.first(where: { $0.name == growth.disk }), disk.path == growth.path else {
            return .skipped("\(domain.name) no longer has its disk \(growth.disk) at \(growth.path)")
        }
        guard domain.isActive else { return try await growFile(growth) }
        let running = domain.running?.disks.first { $0.path == growth.path }
        guard let target = running?.target else {
            return .skipped("the disk \(growth.disk) is not attached to \(domain.name)")
        }
        let before = try await growBlock(target, of: domain, growth)
        guard before <= growth.capacity.bytes else { throw UpdateDriver.larger(growth, before) }
        let result = before < growth.capacity.bytes ? StepResult.done : .unchanged
        let agent = try await connection.agent(of: domain.uuid)
        guard try await agent.isThere() else {
            report(.waiting("its guest agent does not answer: the file system grows at the next boot"))
            return result
        }
        let outcome = try await agent.run(GuestScripts.growFileSystem(disk: growth.disk), timeout: .seconds(120))
        guard let outcome else {
            report(.waiting("its guest agent runs no commands: the file system grows at the next boot"))
            return result
        }
        guard outcome.exitCode == 0 else {
            throw StepProblem(
                "the disk has \(growth.capacity), but the guest could not grow its file system: \(outcome.words)",
                remedy: "Grow it in the guest, and apply again.")
        }
        return result
    }

    /// Grows a running machine's disk and says how large it was.
    private func growBlock(_ target: String, of domain: ObservedDomain, _ growth: DiskGrowth) async throws -> UInt64 {
        let id = try domain.uuid.libvirt
        let wanted = growth.capacity.bytes
        return try await connection.changes.call("growing \(target) of \(domain.name)") { libvirt in
            // Read right before: libvirt shrinks a running machine's disk without complaint.
            let now = try libvirt.blockCapacity(target, ofDomain: id)
            if now < wanted { try libvirt.resizeBlock(target, ofDomain: id, to: wanted) }
            return now
        }
    }

    private func growFile(_ growth: DiskGrowth) async throws -> StepResult {
        let pool = try await pools.pool(of: growth.path)
        let place = VolumeLocation.name(FilePlace(growth.path).name, pool: pool)
        let wanted = growth.capacity.bytes
        let before = try await connection.changes.call("growing \(growth.path)") { libvirt in
            try libvirt.refreshPool(pool)
            let now = try libvirt.volumeInfo(place).capacity
            if now < wanted { try libvirt.resizeVolume(place, to: wanted) }
            return now
        }
        guard before <= wanted else { throw UpdateDriver.larger(growth, before) }
        return before < wanted ? .done : .unchanged
    }

    private static func larger(_ growth: DiskGrowth, _ now: UInt64) -> StepProblem {
        StepProblem(
            "it has \(Size(bytes: now)), which is more than \(growth.capacity), and disks cannot shrink",
            remedy: "Set the size that it has, and apply again.")
    }

    /// Tells the guest the addresses of NICs that are new or in another network; its seed tells it at every boot.
    func configure(
        _ nics: [SeedDefinition.NIC], of domain: ObservedDomain, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let agent = try await connection.agent(of: domain.uuid)
        guard try await agent.isThere() else {
            report(.waiting("its guest agent does not answer: it gets its addresses at the next boot"))
            return .done
        }
        for nic in nics {
            let script: Script
            switch nic.addressing {
            case .fixed(let address, let prefix, let gateway, _):
                let own = nic.keepsAddress ? "keep" : "\(address)/\(prefix)"
                script = nic.configuring(address: own, gateway: gateway.map { "\($0)" } ?? "")
            case .dhcp: script = nic.configuring(address: nic.keepsAddress ? "keep" : "dhcp", gateway: "")
            case .none: continue
            }
            let outcome = try await agent.run(script, timeout: .seconds(60))
            guard let outcome else {
                report(.waiting("its guest agent runs no commands: it gets its addresses at the next boot"))
                return .done
            }
            guard outcome.exitCode != 0 else { continue }
            throw StepProblem(
                "the guest could not set up its NIC \(nic.name): \(outcome.words)",
                remedy: "Set it up in the guest; its seed has it for the next boot.")
        }
        // The node would show the addresses that these NICs had for as long as it remembers them.
        try await connection.forgetNeighbours([], nics.map(\.mac))
        return .done
    }
}

extension SeedDefinition.NIC {
    /// What a running guest does to have the address and the routes.
    fileprivate func configuring(address: String, gateway: String) -> Script {
        GuestScripts.configureNic(
            mac: "\(mac)", address: address, gateway: gateway, leads: leadsOut.map { $0 ? "yes" : "no" } ?? "",
            address6: ipv6.map { "\($0.address)/\(CIDR6.prefix)" } ?? "",
            gateway6: ipv6?.gateway.map { "\($0)" } ?? "",
            formerRoutes.flatMap { ["del", "\($0.destination)", "\($0.gateway)"] }
                + routes.flatMap { ["replace", "\($0.destination)", "\($0.gateway)"] })
    }
}
