import FoundationEssentials
import FoundationXML
import Libvirt
import Reconciler
import Spec

/// Snapshots, which lie within the disks: libvirt 9.0 cannot go back to those in files of their own.
extension SnapshotDriver {
    /// Takes a snapshot; one of that name that is there already was taken by an earlier try of this step.
    func createSnapshot(
        _ name: String, of domain: ObservedDomain, withMemory: Bool,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let id = try domain.uuid.libvirt
        if try await snapshots(of: domain).contains(where: { $0.name == name }) { return .unchanged }
        if let (reason, remedy) = domain.snapshotObstacle {
            throw StepProblem(reason, remedy: remedy.prefix(1).uppercased() + remedy.dropFirst() + ".")
        }
        let isRunning = domain.power == .running || domain.power == .paused
        guard isRunning || !withMemory else {
            throw StepProblem(
                "it is not running, so it has no memory to include", remedy: "Take one with --disks-only.")
        }
        if isRunning, !withMemory { return try await createDiskSnapshot(name, of: domain, report) }
        let xml = SnapshotXML.text(named: name, domain: domain)
        try await connection.changes.call("taking snapshot \(name) of \(domain.name)") {
            try $0.createSnapshot(xml, ofDomain: id)
        }
        return .done
    }

    /// Brings the domain back to what it was, but for its mark, which says what is so now; with other addresses than now it
    /// is refused, since others may have those by now.
    ///
    /// One without memory leaves it off; it is started again where it ran.
    /// Going back to what was kept before a change takes that change back, mark and all, as it says from then on.
    func revert(
        _ domain: ObservedDomain, to name: String, because reason: String = "the snapshot was reverted to by hand"
    ) async throws -> StepResult {
        let id = try domain.uuid.libvirt
        let saved = try await savedSnapshots(of: domain)
        guard let found = saved.first(where: { $0.name == name }) else {
            return .skipped("\(domain.name) has no snapshot \(name)")
        }
        let snapshot = try ObservedDomain.Snapshot(found)
        if let obstacle = try await obstacle(to: found, snapshot, of: domain) { throw obstacle }
        try await connection.changes.call("reverting \(domain.name) to snapshot \(name)") {
            try $0.revert(toSnapshot: name, ofDomain: id)
        }
        if var mark = domain.mark, let now = try await connection.domain(domain.uuid), now.mark != mark,
            now.mark == nil || name != ChangeTrial.snapshot
        {
            // The guest has the roles of that time again, which are to be cleared away where the spec does not have them.
            let returned = try found.marks(of: domain.uuid).flatMap { MarkedRole.all(in: $0) }
            mark.applied = MarkedRole.remember(Set(MarkedRole.all(in: mark) + returned), in: mark.applied)
            // Nothing of a change of its roles is there any more, as what was kept says as well.
            if name == ChangeTrial.roleSnapshot { mark.roleTrial?.stage = .begun }
            try await domains.write(mark, to: now)
        }
        if name == ChangeTrial.snapshot, let now = try await connection.domain(domain.uuid) {
            let date = Date.now.formatted(.iso8601)
            _ = try await domains.mark(now) { mark in
                mark.trial?.stage = .rolledBack
                mark.trial?.rolledBackAt = date
                mark.trial?.reason = reason
            }
        }
        if !snapshot.hasMemory, domain.power == .running, let now = try await connection.domain(domain.uuid),
            !now.isActive
        {
            return try await domains.start(now)
        }
        return .done
    }

    /// Why a domain cannot go back to a snapshot that it has; nil where nothing keeps it from that.
    func obstacle(to name: String, of domain: ObservedDomain) async throws -> StepProblem? {
        guard let found = try await savedSnapshots(of: domain).first(where: { $0.name == name }) else { return nil }
        return try await obstacle(to: found, try ObservedDomain.Snapshot(found), of: domain)
    }

    private func obstacle(
        to found: SavedSnapshot, _ snapshot: ObservedDomain.Snapshot, of domain: ObservedDomain
    ) async throws -> StepProblem? {
        let name = snapshot.name
        guard !snapshot.isExternal else {
            return StepProblem(
                "libvirt cannot revert to the external snapshot \(name)",
                remedy: "Stop it, point its disks to the snapshot's backing files, and delete the snapshot with virsh.")
        }
        if let obstacle = try await givenObstacle(to: found, of: domain) { return obstacle }
        guard name != ChangeTrial.snapshot, let mark = domain.mark else { return nil }
        for was in try found.marks(of: domain.uuid) {
            guard let why = was.conflict(with: mark) else { continue }
            return StepProblem(
                "in the snapshot \(name), \(why): other instances may use that by now",
                remedy: "Give its NICs in the spec the values from the snapshot and apply, or delete the snapshot "
                    + "(kvmctl snapshot delete \(mark.instance) \(name)).")
        }
        return nil
    }

    /// Why a disk of its owner's, which would come back with the definition, may not; nil where none does.
    ///
    /// A change that is rolled back a moment later may bring back what it took away, unless somebody took it meanwhile.
    private func givenObstacle(to found: SavedSnapshot, of domain: ObservedDomain) async throws -> StepProblem? {
        let before = try found.givenDisks()
        guard let problem = domain.returnObstacle(to: found.name, with: before) else { return nil }
        if found.name == ChangeTrial.snapshot {
            let others = try await connection.domains().filter { $0.uuid != domain.uuid }
            let used = Set(others.flatMap(\.disks).map(\.path))
            guard before.contains(where: { used.contains($0.path) && !domain.has($0) }) else { return nil }
        }
        return StepProblem(problem.reason, remedy: problem.remedy)
    }

    /// Deletes a snapshot; one that is gone already needs nothing.
    func deleteSnapshot(_ name: String, of domain: ObservedDomain) async throws -> StepResult {
        let id = try domain.uuid.libvirt
        if name == ChangeTrial.snapshot, domain.hasNewRoot { return try await deleteTrialSnapshot(of: domain) }
        return try await connection.changes.call("deleting snapshot \(name) of \(domain.name)") { libvirt in
            do {
                try libvirt.deleteSnapshot(name, ofDomain: id)
                return StepResult.done
            } catch let error as LibvirtError where error.isNoSnapshot {
                return StepResult.unchanged
            }
        }
    }

    func snapshots(of domain: ObservedDomain) async throws -> [ObservedDomain.Snapshot] {
        try await savedSnapshots(of: domain).map { try ObservedDomain.Snapshot($0) }
    }

    private func savedSnapshots(of domain: ObservedDomain) async throws -> [SavedSnapshot] {
        let id = try domain.uuid.libvirt
        return try await connection.reader.call("listing snapshots of \(domain.name)") {
            try $0.snapshots(ofDomain: id)
        }
    }
}
