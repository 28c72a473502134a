# shellcheck shell=sh
# tell_facts FOLDER… prints a word and a value per line, and the roster after the line "roster". It fails
# where a folder hangs.
#
# "$own" is the cluster's folder; "$look" is the script folder-look. The lock is looked for in the kernel's table: to try it would
# take it away from an apply that begins just now.

. ./folder-access.sh
. ../../Transfer/ImageScripts/known-digests.sh
. ../../Networks/OverlayScripts/hook-file.sh
. ../../Networks/OverlayScripts/tell-overlays.sh
. ../../Firewall/FirewallScripts/filters.sh
. ../../Firewall/FirewallScripts/hook-file.sh
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
    # shellcheck disable=SC2034 # for tell_filters
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
