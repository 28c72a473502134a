import Reconciler
import Spec

/// Changes of roles that can be rolled back: the disks are kept before, and come back where a role cannot be applied.
extension UpdateDriver {
    /// Keeps the disks as they are; what an earlier run kept and never settled stays what is gone back to.
    func keepBeforeRoles(
        _ roles: [String: String], of domain: ObservedDomain, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let isKept = try await snapshots.snapshots(of: domain).contains { $0.name == ChangeTrial.roleSnapshot }
        if domain.mark?.roleTrial?.stage == .goingBack {
            throw StepProblem(
                "its disks are coming back to what they were", remedy: "Apply again, which finishes that.")
        }
        if domain.mark?.roleTrial?.stage == .made, isKept {
            return try await domains.mark(domain) { $0.roleTrial?.target = roles }
        }
        // What is there was kept before something else.
        if isKept { _ = try await snapshots.deleteSnapshot(ChangeTrial.roleSnapshot, of: domain) }
        // What is kept says so, too: once the disks are back, nothing has changed.
        _ = try await domains.mark(domain) { $0.roleTrial = ChangeTrial(stage: .begun, target: roles) }
        guard let begun = try await connection.domain(domain.uuid) else { return .skipped("it no longer exists") }
        _ = try await snapshots.createSnapshot(
            ChangeTrial.roleSnapshot, of: begun, withMemory: false, report)
        return try await domains.change(domain.uuid, domain.name, .none) { kept in
            try await domains.mark(kept) { $0.roleTrial?.stage = .made }
        }
    }

    /// Removes what was kept, and then the word of it.
    func settleRoles(of domain: ObservedDomain) async throws -> StepResult {
        guard let stage = domain.mark?.roleTrial?.stage else { return .unchanged }
        var domain = domain
        if stage == .made || stage == .goingBack {
            _ = try await domains.mark(domain) { $0.roleTrial?.stage = .verified }
            guard let verified = try await connection.domain(domain.uuid) else { return .unchanged }
            domain = verified
        }
        let result = try await snapshots.deleteSnapshot(ChangeTrial.roleSnapshot, of: domain)
        let marked = try await domains.mark(domain) { $0.roleTrial = nil }
        return marked == .unchanged ? result : marked
    }

    /// Brings the disks back to what they were before roles changed, and returns what to report.
    ///
    /// - Parameter remember: has the guest remember what failed, once it runs again.
    /// - Throws: where that cannot be done; everything stays as it is then.
    func takeBackRoles(
        of domain: ObservedDomain, because error: StepError, _ rollback: RoleRollback,
        _ report: @escaping @Sendable (StepProgress) -> Void, remember: () async throws -> Void
    ) async throws -> StepError {
        let limit = rollback.isFresh ? nil : limit(rollback.check)
        if let obstacle = try await obstacle(to: ChangeTrial.roleSnapshot, of: domain, within: limit) {
            throw StepError(
                error.summary,
                causes: error.causes + ["the disks of \(domain.name) are not rolled back: \(obstacle.reason)"],
                remedy: obstacle.remedy ?? error.remedy)
        }
        report(.waiting("it failed: rolling back the disks"))
        let trouble = try await bringRolesBack(domain, rollback.check, report)
        var told = Self.report(error, of: domain, trouble)
        guard trouble == nil else { return told }
        do { try await remember() } catch {
            let why = StepError("telling the guest", error)
            guard !why.isNodeLost else { throw error }
            told.causes.append(
                "the guest could not be told that it failed, so the next apply tries it again: "
                    + (why.causes.first ?? why.summary))
        }
        return told
    }

    /// Ends a change of roles that an earlier run left.
    func endRoleTrial(
        of domain: ObservedDomain, _ check: ReadinessCheck, hasFailed: Bool,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        guard let stage = domain.mark?.roleTrial?.stage else { return .unchanged }
        guard stage == .made || stage == .goingBack else { return try await settleRoles(of: domain) }
        let limit = stage == .goingBack ? nil : limit(check)
        if let obstacle = try await obstacle(to: ChangeTrial.roleSnapshot, of: domain, within: limit) {
            report(.noted("its disks stay as they are and are not rolled back: \(obstacle.reason)"))
            return try await settleRoles(of: domain)
        }
        if stage == .made, !hasFailed {
            guard
                try await context.roles.isSilent(
                    domain.uuid, domain.likelyAddresses, within: check.ready.timeout, report)
            else { return .skipped("its guest answers; apply again, which compares its roles") }
        }
        if let trouble = try await bringRolesBack(domain, check, report) {
            throw StepError(
                "the change of the roles of \(domain.name) was rolled back, but it does not become ready either",
                causes: [trouble.causes.first ?? trouble.summary], remedy: "Look into it: kvmctl console \(domain.name)"
            )
        }
        report(.noted("its disks are as they were before its roles changed"))
        return .done
    }

    /// Goes back, which the mark says before it begins; why the guest does not get ready, and nil where it does.
    private func bringRolesBack(
        _ domain: ObservedDomain, _ check: ReadinessCheck, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepError? {
        _ = try await domains.mark(domain) { $0.roleTrial?.stage = .goingBack }
        guard let off = try await forceOff(domain) else { return StepError("\(domain.name) no longer exists") }
        do { _ = try await snapshots.revert(off, to: ChangeTrial.roleSnapshot) } catch {
            let problem = StepError("rolling back the disks of \(domain.name)", error)
            // A lost node is asked again by the next run.
            guard !problem.isNodeLost, !Task.isCancelled, let still = try await connection.domain(domain.uuid),
                still.mark?.roleTrial?.stage == .goingBack
            else { throw error }
            _ = try await domains.mark(still) { $0.roleTrial?.stage = .made }
            _ = try await domains.change(check.uuid, check.name, .none) { try await domains.start($0) }
            throw error
        }
        // What was kept goes once the guest runs: of one that is off, nobody would see what its roles change next.
        return try await restart(check, report) {
            _ = try await domains.change(check.uuid, check.name, .none) { try await settleRoles(of: $0) }
        }
    }

    /// Finishes what a run was cut off in that had stopped a guest to bring its disks back, before it starts again.
    func finishGoingBack(_ domain: ObservedDomain) async throws -> ObservedDomain {
        guard domain.mark?.roleTrial?.stage == .goingBack else { return domain }
        if try await obstacle(to: ChangeTrial.roleSnapshot, of: domain, within: nil) == nil {
            _ = try await snapshots.revert(domain, to: ChangeTrial.roleSnapshot)
        } else {
            // It goes on with what is there, and the next plan says what differs.
            _ = try await domains.mark(domain) { $0.roleTrial?.stage = .made }
        }
        return try await connection.domain(domain.uuid) ?? domain
    }
}
