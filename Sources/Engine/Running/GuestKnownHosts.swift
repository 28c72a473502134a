import Foundation
import Reconciler
package import Spec

/// Where the host keys of a cluster's guests are remembered.
package enum GuestKnownHosts {
    /// The file in `$XDG_STATE_HOME` or `~/.local/state`.
    ///
    /// Its folder is made. Nil where there is no home folder.
    package static func file(of cluster: Name, environment: [String: String]) -> String? {
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 + "/.local/state" }
        guard let base = environment["XDG_STATE_HOME"].flatMap({ $0.hasPrefix("/") ? $0 : nil }) ?? home else {
            return nil
        }
        let folder = "\(base)/kvmctl/\(cluster)"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            return nil
        }
        return folder + "/known_hosts"
    }

    /// Forgets the keys of guests that are made anew or gone: an instance made again keeps its UUID and gets another key.
    ///
    /// What cannot be read or written stays: ssh then says that the key has changed, and how to go on.
    static func forget(_ guests: Set<UniqueID>, of cluster: Name, environment: [String: String]) {
        guard !guests.isEmpty, let file = file(of: cluster, environment: environment),
            let text = try? String(contentsOfFile: file, encoding: .utf8)
        else { return }
        let names = Set(guests.map(\.text))
        let lines = text.split(separator: "\n")
        let kept = lines.filter { line in
            !(line.split(separator: " ").first.map { names.contains(String($0)) } ?? false)
        }
        guard kept.count < lines.count else { return }
        let rest = Data(kept.map { $0 + "\n" }.joined().utf8)
        try? rest.write(to: URL(filePath: file), options: .atomic)
        try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }

    /// Forgets the keys of the guests that a run defined for the first time, gave a new root disk, or removed.
    static func forget(after report: ExecutionReport, of cluster: Name, environment: [String: String]) {
        var guests: Set<UniqueID> = []
        for (step, outcome) in report.outcomes where outcome == .done {
            switch step.operation {
            case .domain(.define(let domain)) where step.expectation == .absent: guests.insert(domain.uuid)
            case .domain(.undefine(let uuid, _)): guests.insert(uuid)
            case .update(let update):
                // A new root disk has new keys.
                if case .edit(let edit) = update.action, edit.mark.phase == .replacing { guests.insert(update.uuid) }
            default: break
            }
        }
        forget(guests, of: cluster, environment: environment)
    }
}
