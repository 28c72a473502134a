// Made by .ci/embed-scripts from the files in ObservationScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// The scripts that read what a node is like, without changing anything.
enum ObservationScripts {
    /// Prints a word and a value per line, and the roster after the line "roster", up to the end.
    ///
    /// own: the cluster's folder; look: the script folder-look. More arguments: folders whose access is asked for.
    static func facts(own: String, look: String, _ more: [String]) -> Script {
        Script(factsText, [own, look] + more)
    }
    /// Its text, for a script that runs another.
    static let factsText = [
#"""
own=$1 look=$2
shift 2

"""#,
        folderAccess,
        ImageScripts.knownDigests,
        OverlayScripts.hookFile,
        OverlayScripts.tellOverlays,
        FirewallScripts.filters,
        FirewallScripts.hookFile,
        tellFacts,
#"""
tell_facts "$@"
exit 0
"""#,
    ].joined()

    /// folder_access NUMBER FOLDER runs the script "$look", which is folder-look.
    ///
    /// It fails where the folder hangs, so that nothing more is asked of it: each is looked at in a process of its own, for a few
    /// seconds. libvirt gives this folder of its own to the user that QEMU runs as whenever it starts, so its owner tells who that
    /// is.
    static let folderAccess = #"""
owner=$(stat -c '%u %g %U' /var/lib/libvirt/qemu 2>/dev/null)
user=${owner%% *} name=${owner##* } group=${owner#* }; group=${group%% *}
enforced=0; [ ! -r /sys/fs/selinux/enforce ] || read -r enforced </sys/fs/selinux/enforce
folder_access() {
    if command -v timeout >/dev/null; then
        timeout -k 1 5 sh -c "$look" kvmctl "$1" "$2" "$user" "$name" "$group" "$enforced"
        case $? in 124 | 137 | 143) echo "access hung $1 $2"; return 1 ;; esac
    else
        sh -c "$look" kvmctl "$1" "$2" "$user" "$name" "$group" "$enforced"
    fi
    return 0
}

"""#

    /// Looks at a folder, and prints "access WORD NUMBER VALUE" for what is wrong with it.
    ///
    /// Of a folder that is not there yet, the nearest one above it is asked. "[ -w ]" is true for root unless the file system is
    /// read-only, or its server does not let root write (access(2), NFS's ACCESS). user, name and group are QEMU's.
    /// Only other scripts run it.
    static let folderLookText = #"""
number=$1 folder=$2 user=$3 name=$4 group=$5 enforced=$6
place=$folder
while [ ! -e "$place" ] && [ "$place" != / ]; do place=${place%/*}; place=${place:-/}; done
[ -w "$place" ] || echo "access closed $number $(stat -f -c %T -- "$place" 2>/dev/null)"
real=$(readlink -f -- "$place" 2>/dev/null) || real=$place
[ "$enforced" != 1 ] || echo "access label $number $(stat -c %C -- "$real" 2>/dev/null)"
[ "${user:-0}" != 0 ] && command -v setpriv >/dev/null || exit 0
echo "access user $number $name"
groups=--init-groups
[ "$name" != UNKNOWN ] || groups=--clear-groups
setpriv --reuid "$user" --regid "$group" "$groups" sh -c '
    at= rest=${1#/}
    while :; do
        at=$at/${rest%%/*}
        [ -x "$at" ] || { echo "access blocked $2 $at"; break; }
        case $rest in */*) rest=${rest#*/} ;; *) break ;; esac
    done' sh "$real" "$number" 2>/dev/null
exit 0
"""#

    /// Prints the node's facts as facts does, then a mark, then what is in the folders as folders does.
    ///
    /// own: the cluster's folder; look: the script folder-look; list: the script folders, with what it takes for count and nonce.
    /// More arguments: the folders. Where one of them hangs, none is listed.
    static func survey(own: String, look: String, list: String, count: String, nonce: String, _ more: [String]) -> Script {
        Script(surveyText, [own, look, list, count, nonce] + more)
    }
    /// Its text, for a script that runs another.
    static let surveyText = [
#"""
own=$1 look=$2 list=$3 count=$4 nonce=$5
shift 5

"""#,
        folderAccess,
        ImageScripts.knownDigests,
        OverlayScripts.hookFile,
        OverlayScripts.tellOverlays,
        FirewallScripts.filters,
        FirewallScripts.hookFile,
        tellFacts,
#"""
tell_facts "$@" || set --
printf '\n==> %s <==\n' "$nonce"
[ $# -gt 0 ] || exit 0
exec sh -c "$list" kvmctl "$count" "$nonce" "$@"
"""#,
    ].joined()

    /// tell_facts FOLDER… prints a word and a value per line, and the roster after the line "roster". It fails
    /// where a folder hangs.
    ///
    /// "$own" is the cluster's folder; "$look" is the script folder-look. The lock is looked for in the kernel's table: to try it would
    /// take it away from an apply that begins just now.
    static let tellFacts = #"""
LC_ALL=C; export LC_ALL
# Columns are found by their names; the kind of a bridge is empty where it is the kernel's.
tell_switches() {
    command -v ovs-vsctl >/dev/null 2>&1 || return 0
    bridges=$(ovs-vsctl --timeout=5 --no-headings --data=bare --format=table --columns=name,datapath_type list bridge 2>/dev/null) ||
        { echo "switches unknown"; return 0; }
    [ -z "$bridges" ] || echo "$bridges" | while read -r bridge kind; do echo "switch $bridge $kind"; done
}
tell_facts() {
    echo "architecture $(uname -m)"
    for file in /sys/module/kvm_intel/parameters/nested /sys/module/kvm_amd/parameters/nested; do
        [ ! -r "$file" ] || echo "nested $(cat "$file")"
    done
    read -r machine </etc/machine-id || read -r machine </var/lib/dbus/machine-id
    echo "machine $machine"
    while read -r key value _; do
        [ "$key" = MemTotal: ] && { echo "memory $value"; break; }
    done </proc/meminfo
    for bridge in /sys/class/net/*/bridge; do
        [ -d "$bridge" ] || continue
        bridge=${bridge%/bridge}
        echo "bridge ${bridge##*/}"
        filtering=0
        [ ! -r "$bridge/bridge/vlan_filtering" ] || read -r filtering <"$bridge/bridge/vlan_filtering"
        [ "$filtering" != 1 ] || echo "filtering ${bridge##*/}"
        for port in "$bridge"/brif/*; do [ -d "$port" ] && echo "port ${port##*/} ${bridge##*/}"; done
    done
    tell_switches
    while read -r interface destination _ flags _ _ _ mask _; do
        echo "route $interface $destination $mask $flags"
    done </proc/net/route
    # A kernel without IPv6 has no such file.
    if [ -r /proc/net/ipv6_route ]; then
        while read -r destination length _ _ _ _ _ _ flags interface; do
            echo "route6 $interface $destination $length $flags"
            # RTF_ADDRCONF: a router told it.
            if [ "$length" != 00 ] || [ $((0x$flags & 0x40000)) = 0 ]; then continue; fi
            accepts=0
            [ ! -r "/proc/sys/net/ipv6/conf/$interface/accept_ra" ] ||
                read -r accepts <"/proc/sys/net/ipv6/conf/$interface/accept_ra"
            [ "$accepts" = 2 ] || echo "told6 $interface"
        done </proc/net/ipv6_route
    fi
    if command -v ip >/dev/null 2>&1; then
        ip -o -4 addr show | while read -r _ interface _ address _; do
            mtu=
            [ ! -r "/sys/class/net/$interface/mtu" ] || read -r mtu <"/sys/class/net/$interface/mtu"
            echo "address $interface $address $mtu"
        done
        tell_overlays
    fi
    filters=${own%/*}/.firewall
    tell_filters
    while read -r address _ flags mac _; do
        [ "$flags" = 0x2 ] && echo "neighbour $address $mac"
    done </proc/net/arp
    number=0 hung=
    for folder in "$@"; do folder_access "$number" "$folder" || hung=1; number=$((number + 1)); done
    knownDigests "${own%/*}/.images"
    if [ -s "$own/lock" ]; then
        inode=$(stat -c %i "$own/lock")
        if grep -q "FLOCK .*:$inode 0 EOF" /proc/locks; then
            read -r holder <"$own/lock"
            echo "lock $holder"
        fi
    fi
    if [ -s "$own/roster.json" ]; then echo roster; cat "$own/roster.json"; fi
    [ -z "$hung" ]
}

"""#
}
