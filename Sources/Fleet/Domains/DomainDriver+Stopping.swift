import FoundationEssentials
import Libvirt
import Reconciler
import Spec

extension DomainDriver {
    /// Asks the guest to stop, its agent first, waits, and only then forces it, where that is allowed.
    ///
    /// The request is repeated: a guest that is still booting has nobody to hear the first one. Of a guest that crashed nothing
    /// runs any more that could hear it, or lose anything.
    func stop(
        _ uuid: UniqueID, _ name: String, _ expectation: Step.Expectation, timeout: Duration, force: Bool,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        guard let present = try await connection.domain(uuid) else { return .unchanged }
        if present.mark?.cluster == cluster, present.power == .shutOff { return .unchanged }
        return try await change(uuid, name, expectation) { domain in
            let id = try uuid.libvirt
            guard domain.isActive else {
                if domain.power != .shutOff { try await self.force(id, name) }
                return .done
            }
            // A paused guest cannot hear anything: it is forced at once, or not at all.
            var runs = domain.power == .running
            if !runs {
                do { runs = try await self.goOn(domain) } catch  where force && !(error is CancellationError) {
                    // What may be forced needs no answer of another node.
                }
            }
            guard runs || force else {
                throw StepProblem(
                    "it is paused and cannot react to a shutdown request",
                    remedy:
                        "Resume it (virsh resume \(name) on \(node)), or stop it there yourself (virsh destroy \(name)), "
                        + "or allow a forced stop with `stop: {force: true}`; then run the command again.")
            }
            if runs {
                let deadline = ContinuousClock.now.advanced(by: timeout)
                var isFirst = true
                var nextRequest = ContinuousClock.now
                while ContinuousClock.now < deadline {
                    if ContinuousClock.now >= nextRequest {
                        await request(id, name, byAgent: isFirst)
                        isFirst = false
                        nextRequest = ContinuousClock.now.advanced(by: .seconds(10))
                    }
                    let left = ContinuousClock.now.duration(to: deadline)
                    let seconds = max(0, left.components.seconds)
                    let end = force ? "is forced off in \(seconds) s" : "has \(seconds) s left"
                    report(.waiting("\(name) is shutting down, and \(end)"))
                    try await Task.sleep(for: min(.milliseconds(500), left))
                    guard try await connection.domain(uuid)?.isActive ?? false else { return .done }
                    try await lock.check()
                }
            }
            guard force else {
                throw StepProblem(
                    "it did not stop within \(timeout.components.seconds) s",
                    remedy:
                        "Shut it down from inside, give it more time with `stop: {timeout: …}`, allow a forced stop "
                        + "with `stop: {force: true}`, or stop it yourself (virsh destroy \(name) on \(node)); "
                        + "then run the command again.")
            }
            try await self.force(id, name)
            return .done
        }
    }

    /// Asks the agent, or presses the power button where there is none; whether the guest heard it shows later.
    private func request(_ id: UUID, _ name: String, byAgent: Bool) async {
        if byAgent {
            let heard: Void? = try? await connection.guests.call("asking the agent of \(name) to shut it down") {
                try $0.shutDownDomain(id, by: .agent)
            }
            if heard != nil { return }
        }
        // A failure here, such as a guest that stopped just now, is found by the look that follows.
        _ = try? await connection.changes.call("asking \(name) to shut down") { try $0.shutDownDomain(id, by: .acpi) }
    }

    /// Ends a domain without asking its guest, and waits until it is off.
    ///
    /// A QEMU that is still writing, or gives much memory back on a busy node, outlives libvirt's own patience with SIGKILL:
    /// libvirt then reports that it is busy, or that another call of the domain holds it, though its end is under way.
    func force(_ id: UUID, _ name: String) async throws {
        let deadline = ContinuousClock.now.advanced(by: Self.patienceWithForce)
        var gracefully = true
        while true {
            let isGraceful = gracefully
            do {
                return try await connection.changes.call("stopping domain \(name) by force") { libvirt in
                    do {
                        try libvirt.destroyDomain(id, gracefully: isGraceful)
                    } catch let error as LibvirtError where error.isNoDomain || error.isInvalidState {
                        // It stopped by itself at the last moment.
                    }
                }
            } catch let error where Self.mayEndYet(error) && ContinuousClock.now < deadline {
                if !isGraceful { try await Task.sleep(for: .seconds(1)) }
                gracefully = false
            }
            try await lock.check()
        }
    }

    /// How long a domain that is ended by force may take to be off.
    private static var patienceWithForce: Duration { .seconds(120) }

    private static func mayEndYet(_ error: any Error) -> Bool {
        // A broken connection is a system error as well, and nothing to wait for.
        guard let error = error as? LibvirtError, !error.isConnectionLost else { return false }
        return [.resourceBusy, .operationTimeout, .systemError].contains(error.code)
    }
}
