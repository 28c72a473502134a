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

    /// Defines `folder_access`, which prints `access WORD N VALUE` for what is wrong with the folder `$2`, the number `$1`.
    ///
    /// It fails where the folder hangs, so that nothing more is asked of it: each is looked at in a process of its own, for a
    /// few seconds. libvirt gives this folder of its own to the user that QEMU runs as whenever it starts, so its owner tells
    /// who that is.
    static let function = """
        set -- "$(stat -c '%u %g %U' /var/lib/libvirt/qemu 2>/dev/null)" "$@"
        qemu_user=${1%% *} qemu_name=${1##* } qemu_group=${1#* }; qemu_group=${qemu_group%% *}; shift
        enforced=0; [ ! -r /sys/fs/selinux/enforce ] || read -r enforced </sys/fs/selinux/enforce
        export qemu_user qemu_name qemu_group enforced
        folder_look=\(ShellQuoting.quote(look))
        folder_access() {
            if command -v timeout >/dev/null; then
                timeout -k 1 5 sh -c "$folder_look" kvmctl "$1" "$2"
                case $? in 124 | 137 | 143) echo "access hung $1 $2"; return 1 ;; esac
            else
                sh -c "$folder_look" kvmctl "$1" "$2"
            fi
            return 0
        }
        """

    /// Looks at the folder `$2`, the number `$1`.
    ///
    /// Of a folder that is not there yet, the nearest one above it is asked. `[ -w ]` is true for root unless the file
    /// system is read-only, or its server does not let root write (access(2), NFS's ACCESS).
    private static let look = """
        place=$2
        while [ ! -e "$place" ] && [ "$place" != / ]; do place=${place%/*}; place=${place:-/}; done
        [ -w "$place" ] || echo "access closed $1 $(stat -f -c %T -- "$place" 2>/dev/null)"
        real=$(readlink -f -- "$place" 2>/dev/null) || real=$place
        [ "$enforced" != 1 ] || echo "access label $1 $(stat -c %C -- "$real" 2>/dev/null)"
        [ "${qemu_user:-0}" != 0 ] && command -v setpriv >/dev/null || exit 0
        echo "access user $1 $qemu_name"
        groups=--init-groups
        [ "$qemu_name" != UNKNOWN ] || groups=--clear-groups
        setpriv --reuid "$qemu_user" --regid "$qemu_group" "$groups" sh -c '
            at= rest=${1#/}
            while :; do
                at=$at/${rest%%/*}
                [ -x "$at" ] || { echo "access blocked $2 $at"; break; }
                case $rest in */*) rest=${rest#*/} ;; *) break ;; esac
            done' sh "$real" "$1" 2>/dev/null
        exit 0
        """

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
                "\(path) does not answer: its file system hangs, as when a file server is gone",
                remedy: "look at the file server and the way to it, or take the file system away: umount -f -l \(path)"
            )
        }
        if let closedFileSystem {
            if closedFileSystem.hasPrefix("nfs") {
                return FolderProblem(
                    "root may not write to \(path): its file server does not let it (root_squash)",
                    remedy: "export it with no_root_squash, or give the pool a path of the node's own"
                )
            }
            return FolderProblem(
                "\(path) is read-only (\(closedFileSystem))",
                remedy: "mount it for writing (mount -o remount,rw), and look in the kernel's log why it is not (dmesg)"
            )
        }
        if let type = label?.split(separator: ":").dropFirst(2).first, FolderAccess.closedTypes.contains(String(type)) {
            return FolderProblem(
                "SELinux does not let QEMU use files in \(path), whose label is \(type)",
                remedy: "semanage fcontext -a -t virt_image_t '\(path)(/.*)?' && restorecon -R \(path)"
            )
        }
        if let blockedAt {
            return FolderProblem(
                "QEMU runs as \(user ?? "a user of its own"), who may not enter \(blockedAt)",
                remedy: "chmod o+x \(blockedAt), or give the pool a path outside of it"
            )
        }
        return nil
    }

    /// What folders are called that nobody labelled for guests.
    private static let closedTypes: Set<String> = ["default_t", "user_home_t", "admin_home_t", "unlabeled_t", "root_t"]
}
