import FoundationEssentials
import Glibc

/// A fleet of KVM nodes on this one machine, each made of namespaces with its own sshd, libvirtd and QEMU.
///
/// Each call reads the record in the state folder and the machine itself, acts, and writes the record: there is no
/// process of the lab besides its nodes. All calls that change something need root and hold one lock per machine.
package struct LocalLab: Sendable {
    package let paths: LabPaths
    package let names: LabNames

    /// Told in one line what is being done, where it takes long enough to be wondered about.
    let progress: @Sendable (String) -> Void

    /// A lab with this state folder, which need not exist yet.
    ///
    /// The path is made absolute and free of symbolic links, since names are derived from it.
    package init(state: String, progress: @escaping @Sendable (String) -> Void = { _ in }) {
        let absolute = state.hasPrefix("/") ? state : FileManager.default.currentDirectoryPath + "/" + state
        let url = URL(filePath: absolute).standardized
        let parent = url.deletingLastPathComponent().resolvingSymlinksInPath().path
        let name = url.lastPathComponent
        let path = (parent == "/" ? "" : parent) + "/" + name
        paths = LabPaths(state: path)
        names = LabNames(statePath: path)
        self.progress = progress
    }

    /// The state folder for somebody who names none: `$KVMCTL_LAB`, or `.lab` at the root of the checkout.
    package static func defaultState(environment: [String: String], folder: String) -> String {
        if let named = environment["KVMCTL_LAB"], !named.isEmpty { return named }
        var candidate = URL(filePath: folder).standardized
        while candidate.path != "/" {
            if FileManager.default.fileExists(atPath: candidate.appending(path: ".git").path) {
                return candidate.appending(path: ".lab").path
            }
            candidate.deleteLastPathComponent()
        }
        return folder + "/.lab"
    }

    func requireRoot(to attempt: String) throws(LabError) {
        guard geteuid() == 0 else {
            throw LabError(
                attempt, reason: "it makes namespaces, mounts and a bridge, and that requires root",
                remedy: "run the same command with sudo")
        }
    }

    /// The machine's lock, which is held while nodes, bridges and subnets change hands.
    func lock() async throws(LabError) -> LabLock {
        let progress = self.progress
        return try await LabLock.acquire("/run/lock/kvmctl-lab.lock") { progress("waiting for another lab command") }
    }

    /// The record, or an error that says that there is no lab.
    func existingRecord(to attempt: String) throws(LabError) -> LabRecord {
        guard let record = try LabRecord.read(from: paths.record) else {
            throw LabError(attempt, reason: "there is no lab in \(paths.state)", remedy: "start one: kvmctl lab up")
        }
        return record
    }

    /// The node of that name, or an error that names those that exist.
    func position(of name: String, in record: LabRecord, to attempt: String) throws(LabError) -> Int {
        guard let position = record.nodes.firstIndex(where: { $0.name == name }) else {
            throw LabError(
                attempt, reason: "this lab has no node \(name)",
                remedy: "its nodes are " + record.nodes.map(\.name).joined(separator: ", "))
        }
        return position
    }
}
