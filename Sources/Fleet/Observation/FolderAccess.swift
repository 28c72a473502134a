import Formats
package import Reconciler
import SSH

/// Whether guests' files can be used in a folder of a node: by root, who makes them, and by the user that QEMU runs as.
///
/// Found out by asking the kernel and the file server, without making anything: a folder that does not let QEMU in
/// would otherwise show when the first guest starts.
package struct FolderAccess: Sendable, Equatable {
    /// The kind of file system where root cannot write, such as `nfs`; nil where it can.
    package var closedFileSystem: String?
    /// The folder on the way that QEMU's user may not enter.
    package var blockedAt: String?
    /// Who QEMU runs as.
    package var user: String?
    /// The folder's SELinux label, where SELinux is enforced.
    package var label: String?
    /// Whether its file system did not answer in time, as one of a server that is gone.
    package var isHung = false

    package init(
        closedFileSystem: String? = nil, blockedAt: String? = nil, user: String? = nil, label: String? = nil
    ) {
        self.closedFileSystem = closedFileSystem
        self.blockedAt = blockedAt
        self.user = user
        self.label = label
    }

    /// Takes what follows `access` in a line: a word, the folder's number, and the value.
    mutating func take(_ word: String, _ value: String) {
        switch word {
        case "closed": closedFileSystem = value.isEmpty ? "unknown" : value
        case "label": label = value
        case "user": user = value
        case "blocked": blockedAt = value
        case "hung": isHung = true
        default: break
        }
    }

    /// What is wrong with the folder, and what to do about it; nil where guests' files can be used in it.
    package func problem(of path: String) -> FolderProblem? {
        if isHung {
            return FolderProblem(
                "\(path) does not respond: its file system hangs, and its file server may be down",
                remedy: "check the file server and the network to it, or unmount the file system: umount -f -l \(path)"
            )
        }
        if let closedFileSystem {
            if closedFileSystem.hasPrefix("nfs") {
                return FolderProblem(
                    "root may not write to \(path): its file server forbids it (root_squash)",
                    remedy: "export it with no_root_squash, or give the pool a local path"
                )
            }
            return FolderProblem(
                "\(path) is read-only (\(closedFileSystem))",
                remedy: "mount it for writing (mount -o remount,rw), and check the kernel's log for the cause (dmesg)"
            )
        }
        if let type = label?.split(separator: ":").dropFirst(2).first, FolderAccess.closedTypes.contains(String(type)) {
            return FolderProblem(
                "SELinux forbids QEMU to use files in \(path), whose label is \(type)",
                remedy: "semanage fcontext -a -t virt_image_t '\(path)(/.*)?' && restorecon -R \(path)"
            )
        }
        if let blockedAt {
            return FolderProblem(
                "QEMU runs as \(user ?? "a separate user"), which has no access to \(blockedAt)",
                remedy: "chmod o+x \(blockedAt), or give the pool a path outside it"
            )
        }
        return nil
    }

    /// What folders are called that nobody labelled for guests.
    private static let closedTypes: Set<String> = ["default_t", "user_home_t", "admin_home_t", "unlabeled_t", "root_t"]
}
