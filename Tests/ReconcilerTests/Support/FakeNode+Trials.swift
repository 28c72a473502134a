import Reconciler
import Spec

/// What a fake node keeps of a domain before a risky change.
struct KeptState: Sendable, Equatable {
    var domain: ObservedDomain
    var files: [String: ObservedVolume]
}

extension FakeNode {
    mutating func keepState(_ domain: ObservedDomain, of cluster: ClusterIdentity) throws(StepError) -> StepResult {
        if domain.power == .running { complain("the state of \(domain.name) is kept while it runs") }
        if domain.mark?.trial?.stage != .begun { complain("the state of \(domain.name) is kept for nothing") }
        if domain.hasTrialSnapshot { return .unchanged }
        var files: [String: ObservedVolume] = [:]
        for disk in domain.disks { files[disk.path] = self.files[disk.path] }
        kept[domain.uuid] = KeptState(domain: domain, files: files)
        return try changeDomain(domain.uuid, of: cluster) {
            $0.snapshots.append(.init(name: ChangeTrial.snapshot, hasMemory: false, isExternal: false))
        }
    }

    /// Verifies a change, unless changes break things here: then it goes back.
    mutating func verify(
        _ check: ReadinessCheck, _ files: [String], _ domain: ObservedDomain, of cluster: ClusterIdentity,
        isMidway: Bool
    ) throws(StepError) -> StepResult {
        switch domain.mark?.trial?.stage {
        case nil, .rolledBack: return try awaitReady(check, of: cluster)
        case .verified: return try clearTrial(domain, files, of: cluster, isMidway: isMidway)
        case .begun:
            _ = try clearTrial(domain, files, of: cluster, isMidway: isMidway)
            if isMidway { return .done }
            _ = try start(domain.uuid, of: cluster)
            return .skipped("nothing was changed")
        case .made, .goingBack: break
        }
        guard !breaksChanges, domain.power == .running else { return try takeBack(domain, of: cluster, isMidway) }
        _ = try changeDomain(domain.uuid, of: cluster) { domain in
            domain.mark?.wasReady = true
            domain.mark?.trial?.stage = .verified
        }
        if isMidway { return .done }
        guard let verified = domains[domain.uuid] else { return .done }
        return try clearTrial(verified, files, of: cluster, isMidway: false)
    }

    private mutating func takeBack(
        _ domain: ObservedDomain, of cluster: ClusterIdentity, _ isMidway: Bool
    ) throws(StepError) -> StepResult {
        guard let state = kept[domain.uuid], domain.hasTrialSnapshot else {
            complain("\(domain.name) cannot go back")
            throw StepError("there is nothing to go back to")
        }
        for (path, file) in state.files {
            if files[path] == nil { complain("\(path) of \(domain.name) went before its change was verified") }
            files[path] = file
        }
        var back = state.domain
        back.snapshots = domain.snapshots
        back.autostart = domain.autostart
        back.power = .shutOff
        back.running = nil
        domains[domain.uuid] = back
        if isMidway { return .done }
        _ = try changeDomain(domain.uuid, of: cluster) { $0.mark?.trial?.stage = .rolledBack }
        if let marked = domains[domain.uuid] {
            _ = try clearTrial(marked, marked.spareFiles, of: cluster, isMidway: false)
        }
        _ = try start(domain.uuid, of: cluster)
        _ = try changeDomain(domain.uuid, of: cluster) { $0.mark?.wasReady = true }
        throw StepError("the change of \(domain.name) was rolled back")
    }

    mutating func clearTrial(
        _ domain: ObservedDomain, _ expected: [String], of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        guard let stage = domain.mark?.trial?.stage, stage != .made else { return .unchanged }
        _ = try changeDomain(domain.uuid, of: cluster) { $0.snapshots.removeAll { $0.name == ChangeTrial.snapshot } }
        kept[domain.uuid] = nil
        if isMidway { return .done }
        for path in domain.spareFiles {
            if domains.values.contains(where: { $0.disks.contains { $0.path == path } }) {
                complain("\(path) is removed, which is in use")
            }
            files[path] = nil
        }
        return try changeDomain(domain.uuid, of: cluster) { domain in
            guard stage == .rolledBack else {
                domain.mark?.trial = nil
                return
            }
            domain.mark?.trial?.oldFiles = [:]
            domain.mark?.trial?.newFiles = [:]
        }
    }
}
