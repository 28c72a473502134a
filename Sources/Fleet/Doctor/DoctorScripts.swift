// Made by .ci/embed-scripts from the files in DoctorScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node tells a doctor; nothing is changed.
enum DoctorScripts {
    /// Prints "limited" where the node can end what takes too long, then root, sudo or none, or why sudo does not work.
    static func becomeRoot() -> Script {
        Script(becomeRootText, [])
    }
    /// Its text, for a script that runs another.
    static let becomeRootText = #"""
! timeout -k 5 9 true 2>/dev/null || echo limited
[ "$(id -u)" != 0 ] || { echo root; exit 0; }
command -v sudo >/dev/null || { echo none; exit 0; }
words=$(sudo -n true 2>&1) && { echo sudo; exit 0; }
printf '%s\n' "$words" | tail -n 1
"""#

    /// Prints libvirt's socket.
    static func daemonSocket() -> Script {
        Script(daemonSocketText, [])
    }
    /// Its text, for a script that runs another.
    static let daemonSocketText = #"""
for socket in /run/libvirt/libvirt-sock /run/libvirt/virtqemud-sock; do
    [ ! -S "$socket" ] || { echo "$socket"; break; }
done
"""#

    /// Prints a word and its values per line; needs root.
    ///
    /// who: the words for sshd's -C; look: the script folder-look. More arguments: the pools' folders. Times are of /proc/uptime,
    /// whose hundredths every shell can read.
    static func examine(who: String, look: String, _ more: [String]) -> Script {
        Script(examineText, [who, look] + more)
    }
    /// Its text, for a script that runs another.
    static let examineText = [
#"""
who=$1 look=$2
shift 2

"""#,
        resolve,
        ObservationScripts.folderAccess,
        NodeScripts.tools,
#"""
LC_ALL=C; export LC_ALL
echo "time $(date +%s.%N)"
echo "architecture $(uname -m)"
own=$(hostname 2>/dev/null || cat /proc/sys/kernel/hostname)
echo "hostname $own"
echo "machine $(cat /etc/machine-id 2>/dev/null || cat /var/lib/dbus/machine-id 2>/dev/null)"
[ ! -e /dev/kvm ] || echo kvm-device yes
! grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo || echo virtualization yes
for file in /sys/module/kvm_intel/parameters/nested /sys/module/kvm_amd/parameters/nested; do
    [ ! -r "$file" ] || echo "nested $(cat "$file")"
done
tools
resolve "$own"
sshd=$(command -v sshd || echo /usr/sbin/sshd)
"$sshd" -T -C "$who" 2>/dev/null | while read -r key value; do
    case $key in maxsessions|maxstartups|allowtcpforwarding|allowstreamlocalforwarding) echo "sshd $key $value" ;; esac
done
number=0
for folder in "$@"; do
    if folder_access "$number" "$folder"; then
        echo "folder $number $([ -d "$folder" ] && echo yes || echo no)"
        echo "mount $number $(stat -c %m -- "$folder" 2>/dev/null)"
        echo "room $number $(stat -f -c '%S %a' -- "$folder" 2>/dev/null)"
    fi
    number=$((number + 1))
done
exit 0
"""#,
    ].joined()

    /// Prints libvirt's daemon, whether it runs or not.
    static func installedDaemon() -> Script {
        Script(installedDaemonText, [])
    }
    /// Its text, for a script that runs another.
    static let installedDaemonText = #"""
for daemon in libvirtd virtqemud; do
    if command -v "$daemon" >/dev/null; then echo "$daemon"; break; fi
done
exit 0
"""#

    /// Says how long names take. Arguments: the names.
    static func resolveNames(_ more: [String]) -> Script {
        Script(resolveNamesText, more)
    }
    /// Its text, for a script that runs another.
    static let resolveNamesText = [
#"""
shift 0

"""#,
        resolve,
#"""
for name in "$@"; do resolve "$name"; done
exit 0
"""#,
    ].joined()

    /// resolve NAME says how long a name takes; a resolver that waits for a server gives up after 8 s here.
    ///
    /// "ahosts" asks as libvirt does (getaddrinfo); "hosts" asks for IPv6 alone at first, for which a file with IPv4 is no answer.
    static let resolve = #"""
resolve() {
    read -r from rest </proc/uptime
    if command -v timeout >/dev/null; then timeout 8 getent ahosts "$1" >/dev/null 2>&1
    else getent ahosts "$1" >/dev/null 2>&1; fi
    found=$?
    read -r to rest </proc/uptime
    echo "name $found $from $to $1"
}

"""#

    /// Prints who the user is.
    static func user() -> Script {
        Script(userText, [])
    }
    /// Its text, for a script that runs another.
    static let userText = #"""
id -un
"""#
}
