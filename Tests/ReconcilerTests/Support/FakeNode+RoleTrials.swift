import Reconciler
import Spec

@testable import Roles

/// What becomes of a change of a role in a fake guest.
enum RoleFault: Sendable {
    /// It fails by itself, and would again.
    case failing
    /// It cannot be done just now.
    case passing
    /// It is done, and nothing leads into its guest any more.
    case silencing
}

extension FakeNode {
    /// The places at which a run can be cut off while disks come back.
    static let placesGoingBack = 6

    mutating func keepBeforeRoles(
        _ roles: [String: String], _ domain: ObservedDomain, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        let isKept = domain.snapshots.contains { $0.name == ChangeTrial.roleSnapshot }
        if domain.mark?.roleTrial?.stage == .goingBack { complain("\(domain.name) is kept while it goes back") }
        if domain.mark?.roleTrial?.stage == .made, isKept {
            return try changeDomain(domain.uuid, of: cluster) { $0.mark?.roleTrial?.target = roles }
        }
        _ = try changeDomain(domain.uuid, of: cluster) { domain in
            domain.mark?.roleTrial = ChangeTrial(stage: .begun, target: roles)
            domain.snapshots.removeAll { $0.name == ChangeTrial.roleSnapshot }
            domain.snapshots.append(.init(name: ChangeTrial.roleSnapshot, hasMemory: false, isExternal: false))
        }
        keptRoles[domain.uuid] = domain.roles
        if isMidway { return .done }
        return try changeDomain(domain.uuid, of: cluster) { $0.mark?.roleTrial?.stage = .made }
    }

    mutating func settleRoles(
        _ domain: ObservedDomain, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        guard domain.mark?.roleTrial != nil else { return .unchanged }
        keptRoles[domain.uuid] = nil
        _ = try changeDomain(domain.uuid, of: cluster) { domain in
            domain.mark?.roleTrial?.stage = .verified
            domain.snapshots.removeAll { $0.name == ChangeTrial.roleSnapshot }
        }
        if isMidway { return .done }
        return try changeDomain(domain.uuid, of: cluster) { $0.mark?.roleTrial = nil }
    }

    mutating func endRoleTrial(
        _ domain: ObservedDomain, hasFailed: Bool, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        switch domain.mark?.roleTrial?.stage {
        case nil: return .unchanged
        case .begun, .verified, .rolledBack: return try settleRoles(domain, of: cluster, isMidway: isMidway)
        case .made where isKeptTooOld: return try settleRoles(domain, of: cluster, isMidway: isMidway)
        case .made:
            if !hasFailed, !isSilent(domain) { return .skipped("its guest answers") }
        case .goingBack: break
        }
        _ = try goBack(domain, of: cluster, upTo: isMidway ? placeGoingBack : nil)
        return .done
    }

    /// Fails a change of a role, where changes break things here, and takes the disks back where they were kept before.
    ///
    /// - Returns: whether the run is cut off on that way.
    mutating func breakRole(
        _ step: RoleStep, of domain: ObservedDomain, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> Bool {
        guard step.spec != nil, let fault = roleFaults[step.role] ?? (breaksChanges ? .failing : nil) else {
            return false
        }
        guard fault != .passing else { throw StepError("the role could not be applied just now") }
        guard let rollback = step.rollback, domain.mark?.roleTrial?.stage == .made else {
            throw StepError("the role could not be applied")
        }
        let place = isMidway ? placeGoingBack : nil
        _ = try changeDomain(domain.uuid, of: cluster) { domain in
            // What the engine takes back by itself, the guest remembers; what scripts did is there.
            if fault == .silencing {
                domain.roles[Packages.self] = .unknown("nothing leads into it")
            } else {
                FakeNode.remember(step, in: &domain.roles, isChanged: true)
            }
        }
        if place == 0 { return true }
        if isKeptTooOld, !rollback.isFresh { throw StepError("the role could not be applied, and its disks stay") }
        guard let broken = domains[domain.uuid] else { return false }
        if try goBack(broken, of: cluster, upTo: place) { return true }
        if place == FakeNode.placesGoingBack - 1 { return true }
        _ = try changeDomain(domain.uuid, of: cluster) { FakeNode.remember(step, in: &$0.roles, isChanged: false) }
        throw StepError("the change of \(domain.name) was rolled back")
    }

    /// Goes back to what was kept, or as far as a place; whether it ended there.
    private mutating func goBack(
        _ domain: ObservedDomain, of cluster: ClusterIdentity, upTo place: Int?
    ) throws(StepError) -> Bool {
        _ = try changeDomain(domain.uuid, of: cluster) { $0.mark?.roleTrial?.stage = .goingBack }
        if place == 1 { return true }
        _ = try changeDomain(domain.uuid, of: cluster) { $0.power = .shutOff }
        if place == 2 { return true }
        try finishGoingBack(domain.uuid, of: cluster)
        if place == 3 { return true }
        _ = try start(domain.uuid, of: cluster)
        if place == 4 { return true }
        if let back = domains[domain.uuid] { _ = try settleRoles(back, of: cluster, isMidway: false) }
        return false
    }

    /// Brings the disks back, as starting a guest does whose disks were coming back; what was kept says `begun`.
    mutating func finishGoingBack(_ uuid: UniqueID, of cluster: ClusterIdentity) throws(StepError) {
        guard let domain = domains[uuid], domain.mark?.roleTrial?.stage == .goingBack else { return }
        guard let roles = keptRoles[uuid], domain.snapshots.contains(where: { $0.name == ChangeTrial.roleSnapshot })
        else {
            complain("the roles of \(domain.name) cannot go back")
            throw StepError("there is nothing to go back to")
        }
        if domain.power == .running { complain("the disks of \(domain.name) go back while it runs") }
        rollbacks[uuid, default: 0] += 1
        _ = try changeDomain(uuid, of: cluster) { domain in
            domain.roles = roles
            domain.mark?.roleTrial?.stage = .begun
        }
    }

    private func isSilent(_ domain: ObservedDomain) -> Bool {
        if case .unknown? = domain.roles[Packages.self] { true } else { false }
    }

    /// Has a guest remember that a change failed; with `isChanged` there is something of it as well.
    private static func remember(_ step: RoleStep, in roles: inout ObservedRoles, isChanged: Bool) {
        var packages: [Name: ObservedPackage] = [:]
        if case .known(let known)? = roles[Packages.self] { packages = known }
        var role = packages[step.role] ?? ObservedPackage()
        let target: String
        switch step.action(of: Packages.self) {
        case .apply(let application)?:
            target = PackageInputs(application.role, application.resolved).target
        case .remove? where !isChanged: target = PackageDigest.removal
        default: return
        }
        role.highest = max(role.highest, role.attempt) + 1
        role.failure = .init(
            attempt: .init(number: role.highest, digest: "", target: target), reason: ["it ended with 3"])
        if isChanged { role.outputs["broken"] = .plain("yes") }
        packages[step.role] = role
        roles[Packages.self] = .known(packages)
    }
}
