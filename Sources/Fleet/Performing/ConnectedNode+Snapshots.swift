import FoundationXML
import Libvirt
import Reconciler
import Spec

/// Snapshots, which lie within the disks: libvirt 9.0 cannot go back to those in files of their own.
extension ConnectedNode {
    /// Takes a snapshot; one of that name that is there already was taken by an earlier try of this step.
    func createSnapshot(_ name: String, of domain: ObservedDomain, withMemory: Bool) async throws -> StepResult {
        let id = try domain.uuid.libvirt
        if try await snapshots(of: domain).contains(where: { $0.name == name }) { return .unchanged }
        let isRunning = domain.power == .running || domain.power == .paused
        guard withMemory == isRunning else {
            throw StepProblem(
                withMemory
                    ? "it does not run, so that it has no memory to keep"
                    : "it runs, and libvirt cannot go back to a snapshot of the disks alone of a running guest",
                remedy: withMemory ? "Take one with --disks-only." : "Stop it first, or keep its memory too.")
        }
        let xml = SnapshotXML.text(named: name, domain: domain)
        try await connection.changes.call("taking snapshot \(name) of \(domain.name)") {
            try $0.createSnapshot(xml, ofDomain: id)
        }
        return .done
    }

    /// Brings the domain back to what it was; its mark stays what it is now where the snapshot is older than the mark.
    func revert(_ domain: ObservedDomain, to name: String) async throws -> StepResult {
        let id = try domain.uuid.libvirt
        guard let snapshot = try await snapshots(of: domain).first(where: { $0.name == name }) else {
            return .skipped("\(domain.name) has no snapshot \(name)")
        }
        guard !snapshot.isExternal else {
            throw StepProblem(
                "libvirt cannot go back to the snapshot \(name), which lies in files of its own",
                remedy: "Stop it, point its disks to the snapshot's backing files, and delete the snapshot with virsh.")
        }
        try await connection.changes.call("bringing \(domain.name) back to snapshot \(name)") {
            try $0.revert(toSnapshot: name, ofDomain: id)
        }
        if let mark = domain.mark, let now = try await connection.domain(domain.uuid), now.mark == nil {
            try await write(mark, to: now)
        }
        return .done
    }

    /// Deletes a snapshot; one that is gone already needs nothing.
    func deleteSnapshot(_ name: String, of domain: ObservedDomain) async throws -> StepResult {
        let id = try domain.uuid.libvirt
        return try await connection.changes.call("deleting snapshot \(name) of \(domain.name)") { libvirt in
            do {
                try libvirt.deleteSnapshot(name, ofDomain: id)
                return StepResult.done
            } catch let error as LibvirtError where error.isNoSnapshot {
                return StepResult.unchanged
            }
        }
    }

    private func snapshots(of domain: ObservedDomain) async throws -> [ObservedDomain.Snapshot] {
        let id = try domain.uuid.libvirt
        return try await connection.reader.call("listing snapshots of \(domain.name)") {
            try $0.snapshots(ofDomain: id)
        }
        .map { try ObservedDomain.Snapshot($0) }
    }
}
