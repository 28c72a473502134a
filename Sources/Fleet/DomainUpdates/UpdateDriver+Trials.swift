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
        case .made:
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

    /// Brings the disks back to what they were before roles changed, and returns what to report.
    ///
    /// - Throws: where that cannot be done; everything stays as it is then.
    func takeBackRoles(
        of domain: ObservedDomain, because error: StepError, _ check: ReadinessCheck,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepError {
        try await goBack(domain, to: ChangeTrial.roleSnapshot, because: error, check, report) {
            _ = try await domains.change(check.uuid, check.name, .none) {
                try await settleRoles(of: $0, remembered: $0.mark?.roleTrial?.target ?? [:])
            }
        }
    }

    private func goBack(
        _ domain: ObservedDomain, to snapshot: String, because error: StepError, _ check: ReadinessCheck,
        _ report: @escaping @Sendable (StepProgress) -> Void, clear: () async throws -> Void
    ) async throws -> StepError {
        let id = try domain.uuid.libvirt
        let name = domain.name
        try await checkKept(domain, in: snapshot, error, check)
        report(.waiting("the change could not be verified: rolling back"))
        if try await connection.domain(domain.uuid)?.isActive == true {
            // Nothing that it could still write would be kept.
            try await connection.changes.call("stopping domain \(name)") { libvirt in
                do { try libvirt.destroyDomain(id, gracefully: false) } catch let error as LibvirtError {
                    guard error.isInvalidState else { throw error }
                }
            }
        }
        guard let off = try await connection.domain(domain.uuid) else { return error }
        _ = try await snapshots.revert(off, to: snapshot, because: error.causes.first ?? error.summary)
        try await clear()
        var causes = error.causes
        do {
            _ = try await domains.change(check.uuid, check.name, .none) { try await domains.start($0) }
            _ = try await readiness.awaitReady(check, .none, report)
            causes.insert("it was restored and runs as before", at: min(1, causes.count))
        } catch let problem as StepError where !problem.isNodeLost {
            causes.insert(
                "it was restored, but does not become ready either: \(problem.causes.first ?? problem.summary)",
                at: min(1, causes.count))
        }
        return StepError(
            "the change of \(name) was rolled back", causes: causes,
            remedy: "Change the spec, or try it again with: kvmctl apply --retry")
    }

    private func checkKept(
        _ domain: ObservedDomain, in snapshot: String, _ error: StepError, _ check: ReadinessCheck
    ) async throws {
        let summary = "the change of \(domain.name) could not be verified, and stays"
        guard let kept = try await snapshots.snapshots(of: domain).first(where: { $0.name == snapshot })
        else {
            throw StepError(
                summary, causes: error.causes.prefix(1) + ["the snapshot of the previous state was deleted"],
                remedy: error.remedy)
        }
        let most = Self.mostAge + Double(check.ready.timeout.components.seconds)
        guard let madeAt = kept.madeAt, Date.now.timeIntervalSince1970 - Double(madeAt) < most else {
            throw StepError(
                summary,
                causes: error.causes.prefix(1) + [
                    "the snapshot is more than an hour old, and all later writes would be lost"
                ],
                remedy: "Repair it, or revert it with: kvmctl snapshot revert INSTANCE \(snapshot)")
        }
    }
}
