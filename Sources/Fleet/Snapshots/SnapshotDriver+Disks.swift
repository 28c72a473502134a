import Foundation
import FoundationXML
import Libvirt
import Reconciler
import SSH
import Spec

/// Snapshots of the disks of a running guest, within the disks.
///
/// libvirt 9.0 takes such snapshots into files of their own only, and cannot go back to those. QEMU can take them of all
/// disks at one instant; libvirt is told of them afterwards, and then lists them, goes back to them and deletes them.
extension SnapshotDriver {
    /// Takes a snapshot of all disks that the guest can write to, with its file systems at rest where its agent helps.
    func createDiskSnapshot(
        _ name: String, of domain: ObservedDomain, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let id = try domain.uuid.libvirt
        let live = (domain.running?.disks ?? []).filter { !$0.isReadOnly }
        guard Set(live.map(\.path)) == Set(domain.definedDisks.filter { !$0.isReadOnly }.map(\.path)) else {
            throw StepProblem(
                "its definition has other disks than the running domain", remedy: "Apply first, or include its memory.")
        }
        let nodes = try await writableNodes(of: domain)
        if let problem = Self.problem(with: nodes, known: Set(live.map(\.path)), forSnapshot: name) { throw problem }
        let actions = nodes.map {
            QEMUCommand.Action(type: "blockdev-snapshot-internal-sync", data: .init(device: $0.name, name: name))
        }
        try await take(QEMUCommand(execute: "transaction", arguments: .init(actions: actions)), domain, report)
        do {
            try await connection.changes.call("registering snapshot \(name) of \(domain.name) with libvirt") {
                libvirt in
                let definition = try libvirt.domainXML(id, [.inactive, .secure])
                let xml = try SnapshotXML.text(
                    named: name, ofDisks: domain.running?.disks ?? [], definition: definition,
                    madeAt: UInt64(Date.now.timeIntervalSince1970), of: domain.name)
                try libvirt.createSnapshot(xml, ofDomain: id, .redefined)
            }
        } catch {
            for node in nodes {
                let drop = QEMUCommand(
                    execute: "blockdev-snapshot-delete-internal-sync",
                    arguments: .init(device: node.name, name: name))
                _ = try? await connection.changes.call("deleting the snapshot again") {
                    try $0.monitorCommand(try drop.text, toDomain: id)
                }
            }
            throw error
        }
        return .done
    }

    /// What keeps QEMU's disks from holding a snapshot of that name; nil where nothing does.
    ///
    /// - Parameter known: the files that libvirt says the machine writes to.
    static func problem(with nodes: [QEMUDisk], known: Set<String>, forSnapshot name: String) -> StepProblem? {
        if let stranger = nodes.first(where: { !known.contains($0.path) }) {
            return StepProblem(
                "it writes to \(stranger.path), which is not in its libvirt definition", remedy: "Stop it first.")
        }
        if let raw = nodes.first(where: { $0.format != "qcow2" }) {
            return StepProblem(
                "its disk \(raw.path) has the format \(raw.format), and only qcow2 supports snapshots",
                remedy: raw.path.hasPrefix("/dev/")
                    ? "Detach it first." : "Convert it to qcow2 while it is off (qemu-img convert -O qcow2).")
        }
        guard nodes.contains(where: { $0.snapshots.contains(name) }) else { return nil }
        return StepProblem(
            "its disks contain a snapshot with that name that libvirt does not know",
            remedy: "Choose another name, or delete the old one with qemu-img snapshot -d while it is off.")
    }

    /// Has QEMU take the snapshots, between freezing and thawing the guest's file systems.
    ///
    /// The three are one script on the node, which comes to its end even where kvmctl or the way to the node does not: a guest
    /// that stays frozen would be worse than no snapshot.
    private func take(
        _ command: QEMUCommand, _ domain: ObservedDomain, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let id = try domain.uuid.libvirt
        let json = try command.text
        let thaw = "virsh domfsthaw \(domain.name)"
        let result: CommandResult
        do {
            result = try await connection.commands.attempt(
                "taking a snapshot of the disks of \(domain.name)",
                Self.frozen(domain.uuid, json), timeout: Self.frozenLimit)
        } catch let problem as StepProblem {
            throw StepProblem(
                problem.reason, remedy: "Its file systems may still be frozen. On \(node): \(thaw), or restart it.")
        }
        var reply = ""
        if result.ending == .exited(Self.noVirsh) {
            report(.waiting("the node has no virsh to freeze its file systems: they are synced instead"))
            _ = try? await connection.agent(of: domain.uuid).run(GuestScripts.sync(), timeout: .seconds(30))
            reply = try await connection.changes.call("taking a snapshot of the disks of \(domain.name)") {
                try $0.monitorCommand(json, toDomain: id)
            }
        } else {
            let lines = result.output.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            switch lines.first {
            case "frozen": break
            case "stuck":
                throw StepProblem(
                    "its file systems were frozen for the snapshot, and its agent did not thaw them within a minute",
                    remedy: "On \(node): \(thaw), or restart it.")
            default:
                report(.waiting("its agent does not freeze its file systems: the snapshot is only crash-consistent"))
            }
            reply = lines.count > 1 ? String(lines[1]) : ""
        }
        let answer = QEMUAnswer(reading: reply)
        if let problem = answer?.error?.desc { throw StepProblem("QEMU reports: \(problem)") }
        guard answer?.return != nil else {
            throw StepProblem("QEMU rejected it: \(PlainText.line(reply))", remedy: nil)
        }
    }

    /// The disks that QEMU can write to, by its own names for them.
    func writableNodes(of domain: ObservedDomain) async throws -> [QEMUDisk] {
        let id = try domain.uuid.libvirt
        let reply = try await connection.changes.call("asking QEMU for the disks of \(domain.name)") {
            try $0.monitorCommand(#"{"execute":"query-block"}"#, toDomain: id)
        }
        return try QEMUDisk.writable(in: reply)
    }

    /// What the script ends with where the node has no `virsh`.
    private static let noVirsh = 97

    /// More than all waits of the script together, so that the node ends it only where something else hangs.
    static let frozenLimit = Duration.seconds(180)

    /// Freezes, has QEMU do what the command says, and thaws, in a session of its own.
    static func frozen(_ domain: UniqueID, _ json: String) -> Script {
        SnapshotScripts.runApart(
            domain: domain.text, command: json, script: SnapshotScripts.freezeText)
    }
}
