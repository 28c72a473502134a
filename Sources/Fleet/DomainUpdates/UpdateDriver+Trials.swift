import FoundationEssentials
import Libvirt
import Reconciler
import Spec

/// Changes that can be rolled back: what was before is kept, and either the change is verified or that comes back.
extension UpdateDriver {
    /// How old what was kept may be for kvmctl to go back to it by itself: what the guest wrote since is lost.
    private static let mostAge = 3600.0

    /// Keeps the disks of a stopped machine as they are.
    func keepState(of domain: ObservedDomain) async throws -> StepResult {
        guard !domain.isActive else {
            throw StepProblem(
                "it was started again in the meantime", remedy: "Run the command again: it stops it first.")
        }
        return try await snapshots.createSnapshot(ChangeTrial.snapshot, of: domain, withMemory: false) { _ in }
    }

    /// Waits for the guest to be ready, and then removes what was kept; goes back to it where the guest does not get ready.
    ///
    /// It comes after the steps of its change, however they ended: where they did not come as far as the change itself, it
    /// has the guest run as before.
    func verify(
        _ check: ReadinessCheck, of domain: ObservedDomain, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        switch domain.mark?.trial?.stage {
        case nil, .rolledBack: return try await readiness.awaitReady(check, .none, report)
        case .verified: return try await clearTrial(domain)
        case .begun:
            _ = try await clearTrial(domain)
            guard let now = try await connection.domain(check.uuid) else { return .skipped("it no longer exists") }
            if now.power != .running { _ = try await domains.start(now) }
            _ = try await readiness.awaitReady(check, .none, report)
            return .skipped("it was not changed and runs as before")
        case .made, .goingBack:
            do {
                _ = try await readiness.awaitReady(check, .none, report)
            } catch let error as StepError where !error.isNodeLost {
                throw try await takeBack(domain, because: error, check, report)
            }
            _ = try await domains.change(check.uuid, check.name, .none) {
                try await domains.mark($0) { $0.trial?.stage = .verified }
            }
            return try await domains.change(check.uuid, check.name, .none) { try await clearTrial($0) }
        }
    }

    /// Removes the snapshot and the spare files of a trial that is over, and then the word of it.
    func clearTrial(_ domain: ObservedDomain) async throws -> StepResult {
        guard let stage = domain.mark?.trial?.stage, stage != .made else { return .unchanged }
        _ = try await snapshots.deleteSnapshot(ChangeTrial.snapshot, of: domain)
        for path in domain.spareFiles where try await volumes.recentReason(against: path, except: domain.uuid) == nil {
            _ = try await volumes.remove(path)
        }
        _ = try await domains.mark(domain) { mark in
            guard stage == .rolledBack else { return mark.trial = nil }
            mark.trial?.oldFiles = [:]
            mark.trial?.newFiles = [:]
        }
        return .done
    }

    /// Brings the machine back to what was kept, and returns what to report.
    ///
    /// - Throws: where that cannot be done; everything stays as it is then.
    private func takeBack(
        _ domain: ObservedDomain, because error: StepError, _ check: ReadinessCheck,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepError {
        try await goBack(domain, to: ChangeTrial.snapshot, because: error, check, report) {
            _ = try await domains.change(check.uuid, check.name, .none) { try await clearTrial($0) }
        }
    }

    private func goBack(
        _ domain: ObservedDomain, to snapshot: String, because error: StepError, _ check: ReadinessCheck,
        _ report: @escaping @Sendable (StepProgress) -> Void, clear: () async throws -> Void
    ) async throws -> StepError {
        if let obstacle = try await obstacle(to: snapshot, of: domain, within: limit(check)) {
            throw StepError(
                "the change of \(domain.name) could not be verified, and stays",
                causes: error.causes.prefix(1) + [obstacle.reason], remedy: obstacle.remedy ?? error.remedy)
        }
        report(.waiting("the change could not be verified: rolling back"))
        guard let off = try await forceOff(domain) else { return error }
        _ = try await snapshots.revert(off, to: snapshot, because: error.causes.first ?? error.summary)
        try await clear()
        return Self.report(error, of: domain, try await restart(check, report))
    }

    /// What is said of a change that was rolled back.
    ///
    /// - Parameter trouble: why the guest does not run as before; nil where it does.
    static func report(_ error: StepError, of domain: ObservedDomain, _ trouble: StepError?) -> StepError {
        var causes = error.causes
        let end =
            trouble.map { "it was restored, but does not become ready either: \($0.causes.first ?? $0.summary)" }
            ?? "it was restored and runs as before"
        causes.insert(end, at: min(1, causes.count))
        return StepError(
            "the change of \(domain.name) was rolled back", causes: causes,
            remedy: "Change the spec, or try it again with: kvmctl apply --retry")
    }

    /// Ends what runs at once: nothing that it could still write would be kept.
    func forceOff(_ domain: ObservedDomain) async throws -> ObservedDomain? {
        let id = try domain.uuid.libvirt
        if try await connection.domain(domain.uuid)?.isActive == true {
            try await connection.changes.call("stopping domain \(domain.name)") { libvirt in
                do { try libvirt.destroyDomain(id, gracefully: false) } catch let error as LibvirtError {
                    guard error.isInvalidState else { throw error }
                }
            }
        }
        return try await connection.domain(domain.uuid)
    }

    /// Starts a guest whose disks are back, and waits for it; why it does not get ready, and nil where it does.
    func restart(
        _ check: ReadinessCheck, _ report: @escaping @Sendable (StepProgress) -> Void,
        onceStarted: () async throws -> Void = {}
    ) async throws -> StepError? {
        do {
            _ = try await domains.change(check.uuid, check.name, .none) { try await domains.start($0) }
            try await onceStarted()
            _ = try await readiness.awaitReady(check, .none, report)
            return nil
        } catch {
            let problem = StepError("starting \(check.name)", error)
            guard !problem.isNodeLost else { throw error }
            return problem
        }
    }

    /// How old what was kept may be where the run that kept it is not the one that goes back.
    func limit(_ check: ReadinessCheck) -> Double { Self.mostAge + Double(check.ready.timeout.components.seconds) }

    /// Why a domain cannot go back to what was kept; nil where nothing keeps it from that.
    ///
    /// - Parameter limit: how old that may be, in seconds; nil where any age will do.
    func obstacle(
        to snapshot: String, of domain: ObservedDomain, within limit: Double?
    ) async throws -> StepProblem? {
        guard let kept = try await snapshots.snapshots(of: domain).first(where: { $0.name == snapshot })
        else { return StepProblem("the snapshot of the previous state was deleted") }
        let age = kept.madeAt.map { Date.now.timeIntervalSince1970 - Double($0) }
        if let limit, age.map({ $0 >= limit }) ?? true {
            return StepProblem(
                "the snapshot is more than an hour old, and all later writes would be lost",
                remedy:
                    "Repair it, or revert it with: kvmctl snapshot revert \(domain.mark?.instance.text ?? "INSTANCE") \(snapshot)"
            )
        }
        return try await snapshots.obstacle(to: snapshot, of: domain)
    }
}
