// Made by .ci/embed-scripts from the files in GuestScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a guest's agent is asked to run, for the POSIX shell of any Linux.
enum GuestScripts {
    /// Prints how many KiB of its memory the guest could give back.
    static func availableMemory() -> Script {
        Script(availableMemoryText, [])
    }
    /// Its text, for a script that runs another.
    static let availableMemoryText = #"""
sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo
"""#

    /// Starts programs one after the other: each brings code that an emulator has to translate.
    static func busyWork() -> Script {
        Script(busyWorkText, [])
    }
    /// Its text, for a script that runs another.
    static let busyWorkText = #"""
try=0
while [ "$try" -lt 25 ]; do
    ls -R /usr/lib/systemd >/dev/null 2>&1; sort /etc/services >/dev/null 2>&1
    try=$((try + 1))
done
"""#

    /// Gives the NIC with the MAC an address (with its prefix, dhcp, or keep), a gateway, which may be empty, and routes.
    ///
    /// leads: yes where the default route is to lead through it, and through no other; no where it is not; empty where another
    /// one stays. address6 and gateway6 are the same for IPv6, and empty where it has none. Routes are three arguments each:
    /// replace or del, the network, the next router.
    static func configureNic(mac: String, address: String, gateway: String, leads: String, address6: String, gateway6: String, _ more: [String]) -> Script {
        Script(configureNicText, [mac, address, gateway, leads, address6, gateway6] + more)
    }
    /// Its text, for a script that runs another.
    static let configureNicText = #"""
mac=$1 address=$2 gateway=$3 leads=$4 address6=$5 gateway6=$6
shift 6
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
nic=
for _ in 1 2 3 4 5 6 7 8 9 10; do
    for folder in /sys/class/net/*; do
        [ "$(cat "$folder/address" 2>/dev/null)" = "$mac" ] && nic=${folder##*/}
    done
    [ -n "$nic" ] && break
    sleep 1
done
[ -n "$nic" ] || { echo "it has no NIC with the MAC $mac" >&2; exit 1; }
ip link set "$nic" up || exit 1
routes() {
    while [ $# -ge 3 ]; do
        if [ "$1" = del ]; then ip route del "$2" via "$3" dev "$nic" 2>/dev/null; else
            ip route replace "$2" via "$3" dev "$nic" || exit 1
        fi
        shift 3
    done
    case $leads in
    no)
        ip route del default dev "$nic" 2>/dev/null
        [ -z "$(ip -6 route show default dev "$nic")" ] || ip -6 route del default dev "$nic" ;;
    yes)
        # Of two default routes the kernel takes the one with the lower metric, whichever came first.
        [ -z "$(ip route show default dev "$nic")" ] ||
            ip route show default | grep -v " dev $nic " | while read -r line; do
                ip route del $line
            done ;;
    esac
    return 0
}
settings6=/proc/sys/net/ipv6/conf/$nic
# Whether the guest has IPv6 there.
has6() { [ -d "$settings6" ] && [ "$(cat "$settings6/disable_ipv6" 2>/dev/null)" != 1 ]; }
# Its addresses that somebody gave it; nothing where its ip does not tell them from those that it chose by advertisement.
given6() {
    ip -V 2>&1 | grep -q iproute2 || return 0
    ip -6 -o address show dev "$nic" scope global | grep -v ' dynamic ' | awk '{print $4}'
}
set_address6() {
    has6 || return 0
    if [ -n "$address6" ]; then
        # As at its boots: nothing of what a router advertises.
        { echo 0 >"$settings6/accept_ra"; } 2>/dev/null
        ip -6 route flush dev "$nic" proto ra
    fi
    had=
    for old in $(given6); do
        [ "$old" = "$address6" ] && continue
        ip address del "$old" dev "$nic"
        had=yes
    done
    if [ -n "$address6" ]; then
        ip -6 -o address show dev "$nic" | grep -q " $address6 " || ip address add "$address6" dev "$nic" || exit 1
    elif [ -n "$had" ]; then
        # It listens to routers again, as a NIC does that has no address of ours.
        ip -6 route del default dev "$nic" 2>/dev/null
        { echo 1 >"$settings6/accept_ra"; } 2>/dev/null
    fi
}
lead_out6() {
    if [ -z "$gateway6" ] || [ "$leads" = no ] || ! has6; then return 0; fi
    # A NIC that keeps what it has may have nothing by IPv6.
    ip -6 -o address show dev "$nic" | grep -q " $address6 " || return 0
    others=$(ip -6 route show default | grep -v " dev $nic ")
    [ -z "$others" ] || [ "$leads" = yes ] || return 0
    ip -6 route replace default via "$gateway6" dev "$nic" || return 0
    echo "$others" | while read -r line; do
        # Without what only tells how long it lasts, which nobody can give to del.
        words=$(echo "$line" | awk '{ for (i = 1; i < NF; i++) if ($i == "via" || $i == "dev" || $i == "metric") printf "%s %s ", $i, $(i + 1) }')
        [ -z "$words" ] || ip -6 route del default $words
    done
}
ask_server() {
    if command -v dhclient >/dev/null; then dhclient -1 "$nic" || exit 1
    elif command -v networkctl >/dev/null; then networkctl renew "$nic" 2>/dev/null; fi
    # Not every client waits for the answer.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ -z "$(ip -4 -o address show dev "$nic")" ] || break
        sleep 1
    done
}
case $address in
    keep) ;;
    dhcp)
        ip -4 address flush dev "$nic"
        set_address6
        ask_server ;;
    *)
        for old in $(ip -4 -o address show dev "$nic" | awk '{print $4}'); do
            [ "$old" = "$address" ] || ip address del "$old" dev "$nic"
        done
        ip -4 -o address show dev "$nic" | grep -q " $address " || ip address add "$address" dev "$nic" || exit 1
        set_address6 ;;
esac
# Only the client knows a server's gateway.
if [ "$leads" = yes ] && [ -z "$gateway" ] && [ -z "$(ip route show default dev "$nic")" ]; then ask_server; fi
# A way out through another NIC stays, unless this one is to lead out.
if [ -n "$gateway" ] && [ "$leads" != no ]; then
    if [ "$leads" = yes ] || ! ip route show default | grep -qv " dev $nic "; then
        ip route replace default via "$gateway" dev "$nic"
    fi
fi
lead_out6
routes "$@"
"""#

    /// Grows the partition and file system on a disk: root, or a data disk by its serial number.
    ///
    /// What has no file system, or one that is not mounted, is left to whoever mounts it.
    static func growFileSystem(disk: String) -> Script {
        Script(growFileSystemText, [disk])
    }
    /// Its text, for a script that runs another.
    static let growFileSystemText = #"""
disk=$1
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
if [ "$disk" = root ]; then
    device=$(findmnt -nvo SOURCE /) || exit 1
else
    serial=$(printf %s "$disk" | cut -c1-20) link=
    for _ in 1 2 3 4 5; do
        for link in "/dev/disk/by-id/virtio-$serial" /dev/disk/by-id/scsi-*_"$serial" /dev/disk/by-id/ata-*_"$serial"; do
            [ -e "$link" ] && break 2
        done
        sleep 1
    done
    device=$(readlink -f "$link") || exit 1
    parts=$(lsblk -nlpo NAME,TYPE "$device" | awk '$2 == "part" {print $1}')
    [ -n "$parts" ] && device=$(printf '%s\n' "$parts" | tail -n 1)
fi
name=${device##*/}
if [ -e "/sys/class/block/$name/partition" ]; then
    number=$(cat "/sys/class/block/$name/partition")
    whole=/dev/$(basename "$(dirname "$(readlink -f "/sys/class/block/$name")")")
    if command -v growpart >/dev/null; then
        said=$(growpart "$whole" "$number" 2>&1); code=$?
        case $code:$said in 0:*|*NOCHANGE*) ;; *) echo "$said" >&2; exit 1;; esac
    else
        echo ', +' | sfdisk -q --no-reread -N"$number" "$whole" || exit 1
        partx -u "$device"
    fi
fi
target=$(findmnt -nro TARGET -S "$device" | head -n 1)
[ -n "$target" ] || exit 0
case $(findmnt -nro FSTYPE -S "$device" | head -n 1) in
    ext2|ext3|ext4) resize2fs "$device" ;;
    xfs) xfs_growfs "$target" ;;
    btrfs) btrfs filesystem resize max "$target" ;;
    *) echo "its file system cannot be grown while it is mounted" >&2; exit 1 ;;
esac
"""#

    /// Has the kernel use memory modules that were plugged in, in a way that lets them be unplugged again; fails where it has less
    /// than "$wanted" bytes in use in the end.
    ///
    /// folder: where the kernel shows its blocks of memory. A kernel sees a module some moments after it was plugged in: for so
    /// many tries, half a second each, one is waited for. Some distributions take it in by a rule of udev's, others by themselves.
    static func onlineMemory(folder: String, tries: String, wanted: String) -> Script {
        Script(onlineMemoryText, [folder, tries, wanted])
    }
    /// Its text, for a script that runs another.
    static let onlineMemoryText = #"""
folder=$1 tries=$2 wanted=$3
[ "$(cat "$folder/auto_online_blocks" 2>/dev/null)" = offline ] || exit 0
size=$((0x$(cat "$folder/block_size_bytes"))) || exit 1
while :; do
    online=0 failed=
    for state in "$folder"/memory*/state; do
        [ -e "$state" ] || continue
        if [ "$(cat "$state")" = offline ]; then
            { echo online_movable >"$state"; } 2>/dev/null || { echo online >"$state"; } 2>/dev/null
            if [ "$(cat "$state")" = offline ]; then
                failed=${state%/state}
                continue
            fi
        fi
        online=$((online + size))
    done
    [ "$online" -ge "$wanted" ] && exit 0
    [ "$tries" -gt 0 ] || break
    tries=$((tries - 1))
    sleep 0.5
done
echo "it uses $((online >> 20)) MiB of $((wanted >> 20))${failed:+, and ${failed##*/} stays offline}" >&2
exit 1
"""#

    /// Writes out what file systems have not written yet.
    static func sync() -> Script {
        Script(syncText, [])
    }
    /// Its text, for a script that runs another.
    static let syncText = #"""
sync
"""#
}
