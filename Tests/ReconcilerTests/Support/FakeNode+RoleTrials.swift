import Reconciler
import Spec

extension FakeNode {
    mutating func keepBeforeRoles(
        _ roles: [String: String], _ domain: ObservedDomain, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        let isKept = domain.snapshots.contains { $0.name == ChangeTrial.roleSnapshot }
        if domain.mark?.roleTrial?.stage == .made, isKept {
            return try changeDomain(domain.uuid, of: cluster) { $0.mark?.roleTrial?.target = roles }
        }
        _ = try changeDomain(domain.uuid, of: cluster) { domain in
            var trial = domain.mark?.roleTrial ?? ChangeTrial(stage: .begun, target: [:])
            trial.stage = .begun
            trial.target = roles
            domain.mark?.roleTrial = trial
            domain.snapshots.removeAll { $0.name == ChangeTrial.roleSnapshot }
            domain.snapshots.append(.init(name: ChangeTrial.roleSnapshot, hasMemory: false, isExternal: false))
        }
        keptRoles[domain.uuid] = domain.roles
        if isMidway { return .done }
        return try changeDomain(domain.uuid, of: cluster) { $0.mark?.roleTrial?.stage = .made }
    }

    mutating func settleRoles(
        _ domain: ObservedDomain, remembered: [String: String], of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        guard domain.mark?.roleTrial != nil else { return .unchanged }
        keptRoles[domain.uuid] = nil
        _ = try changeDomain(domain.uuid, of: cluster) { domain in
            if domain.mark?.roleTrial?.stage == .made { domain.mark?.roleTrial?.stage = .verified }
            domain.snapshots.removeAll { $0.name == ChangeTrial.roleSnapshot }
        }
        if isMidway { return .done }
        return try changeDomain(domain.uuid, of: cluster) { domain in
            guard !remembered.isEmpty else {
                domain.mark?.roleTrial = nil
                return
            }
            domain.mark?.roleTrial?.stage = .rolledBack
            domain.mark?.roleTrial?.target = remembered
        }
    }

    /// Fails a change of a role, where changes break things here, and takes the disks back where they were kept before.
    mutating func breakRole(
        _ step: RoleStep, of domain: ObservedDomain, of cluster: ClusterIdentity
    ) throws(StepError) {
        guard breaksChanges, step.spec != nil else { return }
        guard step.rollback != nil, domain.mark?.roleTrial?.stage == .made else {
            throw StepError("the role could not be applied")
        }
        guard let roles = keptRoles[domain.uuid] else {
            complain("the roles of \(domain.name) cannot go back")
            throw StepError("there is nothing to go back to")
        }
        _ = try changeDomain(domain.uuid, of: cluster) { domain in
            domain.roles = roles
            domain.mark?.roleTrial?.stage = .rolledBack
            domain.mark?.roleTrial?.reason = "the script ended with 3"
            domain.snapshots.removeAll { $0.name == ChangeTrial.roleSnapshot }
        }
        throw StepError("the change of \(domain.name) was rolled back")
    }
}
