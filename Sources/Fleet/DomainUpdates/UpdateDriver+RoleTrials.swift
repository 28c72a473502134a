import Reconciler

/// Changes of roles that can be rolled back: the disks are kept before, and come back where a role cannot be applied.
extension UpdateDriver {
    /// Keeps the disks as they are; what an earlier run kept and never settled stays what is gone back to.
    func keepBeforeRoles(
        _ roles: [String: String], of domain: ObservedDomain, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let isKept = try await snapshots.snapshots(of: domain).contains { $0.name == ChangeTrial.roleSnapshot }
        if domain.mark?.roleTrial?.stage == .made, isKept {
            return try await domains.mark(domain) { $0.roleTrial?.target = roles }
        }
        // What is there was kept before something else.
        if isKept { _ = try await snapshots.deleteSnapshot(ChangeTrial.roleSnapshot, of: domain) }
        _ = try await domains.mark(domain) { mark in
            // Why others were rolled back is remembered.
            var trial = mark.roleTrial ?? ChangeTrial(stage: .begun, target: [:])
            trial.stage = .begun
            trial.target = roles
            mark.roleTrial = trial
        }
        guard let begun = try await connection.domain(domain.uuid) else { return .skipped("it no longer exists") }
        _ = try await snapshots.createSnapshot(
            ChangeTrial.roleSnapshot, of: begun, withMemory: false, report)
        return try await domains.change(domain.uuid, domain.name, .none) { kept in
            try await domains.mark(kept) { $0.roleTrial?.stage = .made }
        }
    }

    /// Removes what was kept, and then the word of it; of what was rolled back, only this is remembered.
    func settleRoles(of domain: ObservedDomain, remembered: [String: String]) async throws -> StepResult {
        guard let stage = domain.mark?.roleTrial?.stage else { return .unchanged }
        var domain = domain
        if stage == .made {
            _ = try await domains.mark(domain) { $0.roleTrial?.stage = .verified }
            guard let verified = try await connection.domain(domain.uuid) else { return .unchanged }
            domain = verified
        }
        let result = try await snapshots.deleteSnapshot(ChangeTrial.roleSnapshot, of: domain)
        let marked = try await domains.mark(domain) { mark in
            guard !remembered.isEmpty else { return mark.roleTrial = nil }
            mark.roleTrial?.stage = .rolledBack
            mark.roleTrial?.target = remembered
        }
        return marked == .unchanged ? result : marked
    }
}
