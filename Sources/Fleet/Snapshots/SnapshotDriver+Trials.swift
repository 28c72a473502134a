import FoundationEssentials
import Libvirt
import Reconciler
import Spec

extension ObservedDomain {
    /// Whether it has another root disk than when its state was kept.
    var hasNewRoot: Bool {
        guard let old = mark?.trial?.oldFiles["root"] else { return false }
        return !disks.contains { $0.path == old && !$0.isOnlyPluggedIn }
    }
}

/// The snapshot of what was before a change, once another root disk is there: libvirt does not delete it then.
extension SnapshotDriver {
    /// Removes the snapshot from the disks that stayed, and then from what libvirt knows; the old root disk's goes with it.
    func deleteTrialSnapshot(of domain: ObservedDomain) async throws -> StepResult {
        let id = try domain.uuid.libvirt
        let new = Set(domain.mark?.trial?.newFiles.values.map(\.self) ?? [])
        let stayed = domain.definedDisks.filter { !$0.isReadOnly && !new.contains($0.path) }.map(\.path)
        if !stayed.isEmpty, domain.isActive {
            for node in try await writableNodes(of: domain)
            where stayed.contains(node.path) && node.snapshots.contains(ChangeTrial.snapshot) {
                try await dropTrialSnapshot(in: node, of: id)
            }
        } else {
            for path in stayed {
                try await connection.commands.run(
                    "deleting the snapshot in \(path)",
                    DiskScripts.dropSnapshot(path: path, snapshot: ChangeTrial.snapshot))
            }
        }
        return try await connection.changes.call("deleting the snapshot metadata of \(domain.name)") { libvirt in
            do {
                try libvirt.forgetSnapshot(ChangeTrial.snapshot, ofDomain: id)
                return StepResult.done
            } catch let error as LibvirtError where error.isNoSnapshot {
                return StepResult.unchanged
            }
        }
    }

    /// Has the running QEMU remove the snapshot from one disk.
    private func dropTrialSnapshot(in node: QEMUDisk, of id: UUID) async throws {
        let command = QEMUCommand(
            execute: "blockdev-snapshot-delete-internal-sync",
            arguments: .init(device: node.name, name: ChangeTrial.snapshot))
        let json = try command.text
        let reply = try await connection.changes.call("deleting the snapshot in \(node.path)") {
            try $0.monitorCommand(json, toDomain: id)
        }
        if let problem = QEMUAnswer(reading: reply)?.error?.desc {
            throw StepProblem("QEMU reports: \(problem)", remedy: "Run the command again.")
        }
    }
}
