import Foundation
import Spec

/// Where the host keys of a cluster's guests are remembered.
enum GuestKnownHosts {
    /// The file in `$XDG_STATE_HOME` or `~/.local/state`.
    ///
    /// Its folder is made. Nil where there is no home folder.
    static func file(of cluster: Name, environment: [String: String]) -> String? {
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
}
