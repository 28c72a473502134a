// Made by .ci/embed-scripts from the files in MigrationScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What nodes run before, during and after the move of a guest.
enum MigrationScripts {
    /// Tries a connection, and prints what became of it: taken, silent, failed and why, or unknown where it cannot be tried.
    static func connect(host: String, port: String) -> Script {
        Script(connectText, [host, port])
    }
    /// Its text, for a script that runs another.
    static let connectText = #"""
host=$1 port=$2
if ! command -v bash >/dev/null || ! command -v timeout >/dev/null; then echo unknown; exit 0; fi
words=$(LC_ALL=C timeout 3 bash -c ': <"/dev/tcp/$0/$1"' "$host" "$port" 2>&1)
case $? in 0) echo taken ;; 124) echo silent ;; *) printf '%s\n' "failed $words" | head -n 1 ;; esac
"""#

    /// Ends the connections that the QEMU of a domain has to the destination's ports for migrations, from "$lowest" to "$highest".
    ///
    /// Only what is connected from a port for clients counts, so that no viewer of its screen is cut off. What travels through ssh
    /// needs none of it: its connections end with the session.
    static func cut(domain: String, lowest: String, highest: String) -> Script {
        Script(cutText, [domain, lowest, highest])
    }
    /// Its text, for a script that runs another.
    static let cutText = #"""
domain=$1 lowest=$2 highest=$3
pid=$(cat "/run/libvirt/qemu/$domain.pid") && [ -n "$pid" ] || exit 0
ss -Htnp state connected 2>/dev/null | grep "pid=$pid," | while read -r _ _ _ near far _; do
    [ "${near##*:}" -ge 32768 ] || continue
    [ "${far##*:}" -ge "$lowest" ] && [ "${far##*:}" -le "$highest" ] && ss -K src "$near" dst "$far"
done >/dev/null 2>&1
exit 0
"""#

    /// Gives back what a file has as zeros and could have as holes, where the node can do that.
    static func digHoles(path: String) -> Script {
        Script(digHolesText, [path])
    }
    /// Its text, for a script that runs another.
    static let digHolesText = #"""
path=$1
fallocate --dig-holes -- "$path" 2>/dev/null
exit 0
"""#

    /// Prints inode and path of files. Arguments: the paths; one that is not there is left out.
    static func identities(_ more: [String]) -> Script {
        Script(identitiesText, more)
    }
    /// Its text, for a script that runs another.
    static let identitiesText = #"""
shift 0
LC_ALL=C stat -L -c '%i %n' -- "$@" 2>/dev/null
exit 0
"""#

    /// Names the node as its libvirt does in a migration, then as the machine does.
    static func names() -> Script {
        Script(namesText, [])
    }
    /// Its text, for a script that runs another.
    static let namesText = #"""
sed -n 's/^[[:space:]]*migration_host[[:space:]]*=[[:space:]]*"\(.*\)".*/name \1/p' /etc/libvirt/qemu.conf
echo "name $(hostname -f 2>/dev/null || hostname)"
"""#

    /// Prints the range of ports that libvirt's configuration sets for migrations, a line for each end.
    static func ports(file: String) -> Script {
        Script(portsText, [file])
    }
    /// Its text, for a script that runs another.
    static let portsText = #"""
file=$1
for end in min max; do
    sed -n "s/^[[:space:]]*migration_port_${end}[[:space:]]*=[[:space:]]*\([0-9]*\).*/$end \1/p" "$file" 2>/dev/null
done
"""#

    /// Writes into a disk where its base image is; what the disk holds stays as it is.
    static func rebase(path: String, base: String) -> Script {
        Script(rebaseText, [path, base])
    }
    /// Its text, for a script that runs another.
    static let rebaseText = #"""
path=$1 base=$2
qemu-img rebase -u -f qcow2 -F qcow2 -b "$base" -- "$path" && sync -- "$path"
"""#

    /// Prints what the kernel has counted of connections.
    static func refusals() -> Script {
        Script(refusalsText, [])
    }
    /// Its text, for a script that runs another.
    static let refusalsText = #"""
cat /proc/net/snmp
"""#

    /// Prints the size of a file.
    static func size(path: String) -> Script {
        Script(sizeText, [path])
    }
    /// Its text, for a script that runs another.
    static let sizeText = #"""
path=$1
stat -c %s -- "$path"
"""#

    /// Prints the digest of a file, after it has reached the disk.
    static func sum(path: String) -> Script {
        Script(sumText, [path])
    }
    /// Its text, for a script that runs another.
    static let sumText = #"""
path=$1
sync -- "$path" 2>/dev/null
sha256sum <"$path"
"""#
}
