import FoundationXML
import Libvirt
import Reconciler
import Spec

/// vCPUs and memory of a running machine.
extension UpdateDriver {
    /// Plugs vCPUs in, and has the guest use them, which some kernels do only when told.
    func set(
        vcpus count: Int, of domain: ObservedDomain, _ running: ObservedDomain.Running,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let id = try domain.uuid.libvirt
        let agent = try await connection.agent(of: domain.uuid)
        if running.vcpus < count {
            try await freeBufferForVCPUs(count, in: domain, running, agent, report)
            try await connection.changes.call("adding vCPUs to \(domain.name)") {
                try $0.setVCPUs(UInt32(clamping: count), ofDomain: id, affecting: .live)
            }
        }
        guard running.vcpus <= count else {
            return .skipped("\(domain.name) has \(running.vcpus) vCPUs, and removing one requires a reboot")
        }
        guard try await agent.isThere() else { return .done }
        let deadline = ContinuousClock.now.advanced(by: .seconds(20))
        while true {
            do {
                try await connection.guests.call("bringing vCPUs of \(domain.name) online") {
                    try $0.onlineVCPUs(UInt32(clamping: count), inDomain: id)
                }
                return .done
            } catch let error as LibvirtError where !error.isConnectionLost && ContinuousClock.now < deadline {
                // The guest's kernel takes a moment to see what was plugged in.
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// Moves the balloon, and plugs in a module where that is not enough.
    func set(
        memory size: Size, of domain: ObservedDomain, _ running: ObservedDomain.Running,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let id = try domain.uuid.libvirt
        if size < running.memory { try await checkUse(domain, size) }
        if size > running.wholeMemory {
            let module = XMLElement(
                "memory", ["model": "dimm"],
                [
                    XMLElement(
                        "target", [:],
                        [
                            XMLElement(
                                "size", ["unit": "KiB"], text: "\((size.bytes - running.wholeMemory.bytes) / 1024)"),
                            XMLElement("node", text: "0"),
                        ])
                ]
            ).compactText
            if running.memory < running.wholeMemory { try await balloon(running.wholeMemory, domain) }
            try await connection.changes.call("adding memory to \(domain.name)") {
                try $0.attachDevice(module, toDomain: id, affecting: .live)
            }
        } else if size != running.memory {
            try await balloon(size, domain)
        }
        if size > running.memory || running.memory == size {
            try await onlineMemory(size, of: domain, isNew: size > running.wholeMemory, report)
        }
        return try await awaitMemory(size, of: domain, report)
    }

    private func balloon(_ size: Size, _ domain: ObservedDomain) async throws {
        let id = try domain.uuid.libvirt
        try await connection.changes.call("setting the memory of \(domain.name)") {
            try $0.setMemory(kibibytes: UInt(size.bytes / 1024), ofDomain: id, affecting: .live)
        }
    }

    /// Refuses less than the guest has in use: it would be killed by its own kernel piece by piece.
    private func checkUse(_ domain: ObservedDomain, _ size: Size) async throws {
        let id = try domain.uuid.libvirt
        func use() async throws -> UInt64? {
            try await connection.changes.call("reading the memory in use of \(domain.name)") {
                try $0.memoryUse(ofDomain: id).map { $0.actual - min($0.actual, $0.usable) }
            }
        }
        // The guest's driver tells only when it is asked to now and then.
        try await connection.changes.call("asking for the memory in use of \(domain.name)") {
            try $0.setMemoryStatisticsPeriod(seconds: 1, ofDomain: id)
        }
        var used: UInt64?
        for _ in 0..<20 where used == nil {
            used = try await use()
            if used == nil { try await Task.sleep(for: .milliseconds(300)) }
        }
        guard let used else {
            throw StepProblem(
                "its guest does not report its memory use, so its memory cannot be reduced while it runs",
                remedy: "Stop it, apply, and start it; or set `ignore: [memory]`.")
        }
        guard used * 1024 <= size.bytes else {
            throw StepProblem(
                "its guest uses \(used / 1024)MiB, which is more than \(size)",
                remedy: "Request more, or stop processes in the guest first.")
        }
    }

    /// Has the guest use modules that were plugged in, in a way that lets them be unplugged again.
    ///
    /// A kernel sees a module some moments after it was plugged in: one that is new is waited for, unless the kernel uses
    /// it by itself. Without an agent that runs commands, it has what its kernel takes by itself, and the rest from its next
    /// boot on.
    private func onlineMemory(
        _ size: Size, of domain: ObservedDomain, isNew: Bool, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let agent = try await connection.agent(of: domain.uuid)
        guard try await agent.isThere() else {
            if isNew {
                report(.waiting("its guest agent does not answer: \(UpdateDriver.fromNextBoot)"))
            }
            return
        }
        let outcome = try await agent.run(
            GuestScripts.onlineMemory(
                folder: "/sys/devices/system/memory", tries: isNew ? "30" : "0", wanted: "\(size.bytes)"),
            timeout: .seconds(40))
        guard let outcome else {
            if isNew {
                report(.waiting("its guest agent runs no commands: \(UpdateDriver.fromNextBoot)"))
            }
            return
        }
        guard outcome.exitCode == 0 else {
            throw StepProblem(
                "the memory was added, but its guest does not use it: \(outcome.words)",
                remedy: "Check /sys/devices/system/memory in the guest, and apply again; a reboot helps as well.")
        }
    }

    private static let fromNextBoot = "memory that its kernel does not use by itself is available after the next boot"

    /// Waits for the guest to take or give back what it was asked for.
    private func awaitMemory(
        _ size: Size, of domain: ObservedDomain, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let deadline = ContinuousClock.now.advanced(by: .seconds(45))
        while true {
            guard let now = try await connection.domain(domain.uuid)?.running else { return .done }
            if now.memory == size { return .done }
            guard ContinuousClock.now < deadline else {
                throw StepProblem(
                    "after 45 s its guest has \(now.memory) instead of \(size)",
                    remedy: "Check whether the guest has the balloon driver (virtio_balloon), and apply again.")
            }
            report(.waiting("the guest has \(now.memory) of memory, the target is \(size)"))
            if now.memory > size || now.wholeMemory >= size { try await balloon(size, domain) }
            try await Task.sleep(for: .milliseconds(500))
            try await lock.check()
        }
    }
}
