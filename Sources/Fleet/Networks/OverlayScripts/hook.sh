# shellcheck shell=sh
# Connects a network to other nodes, or takes the connection away: what libvirt runs when a network starts or stops, and kvmctl
# whenever one changes. Standard input: the network's XML, as libvirt writes it, an element in each line.
#
# event: started or stopped; anything else is nothing to it. caller: "kvmctl" is told of errors. libvirt never is: a network
# whose hook fails when it starts cannot be started again before somebody has deleted its bridge.
# Whatever is right stays as it is, so that no frame is lost.
# Only other scripts run it.
network=$1 event=$2 caller=$3
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL
xml=$(cat)
line() { printf '%s\n' "$xml" | grep -m 1 "$1"; }
# of LINE NAME prints the value of an attribute, if it is a plain word.
of() { printf '%s\n' "$1" | sed -n "s/.*[ ]$2=[\"']\([A-Za-z0-9.:_-]*\)[\"'].*/\1/p"; }
overlay=$(line '<kvmctl:overlay ')
device=$(of "$overlay" device)
case $device in kx?*) ;; *) exit 0 ;; esac
# Somebody's copy of the XML is not the network that the port belongs to.
uuid=$(line '<uuid>' | sed 's/.*<uuid>\(.*\)<.*/\1/')
[ "$(of "$(line '<kvmctl:mark ')" uuid)" = "$uuid" ] || exit 0
records=/run/kvmctl/overlays
failed=0
try() { "$@" || { failed=1; echo "$network: $* failed" >&2; }; }

# Also where nobody noted that it is there.
unguard() {
    rm -f "$records/$device"
    ! command -v nft >/dev/null || nft delete table bridge "$device" 2>/dev/null
}

# Every node has the gateway's address and MAC, and each is the gateway of its own guests alone.
guard() {
    was=$(cat "$records/$device" 2>/dev/null)
    now="$mac $gateway $(nft -s list table bridge "$device" 2>/dev/null | cksum)"
    [ "$was" != "$now" ] || return 0
    command -v nft >/dev/null || {
        echo "$network: the node has no program nft, which is of the package nftables: its gateway needs it" >&2
        return 1
    }
    nft -f - <<END || { echo "$network: nft did not take the rules of its gateway" >&2; return 1; }
add table bridge $device
delete table bridge $device
table bridge $device {
    chain out {
        type filter hook postrouting priority 0; policy accept;
        oifname "$device" ether saddr $mac drop
        oifname "$device" ether daddr $mac drop
        oifname "$device" arp saddr ip $gateway drop
        oifname "$device" arp daddr ip $gateway drop
        oifname "$device" udp dport { 67, 68 } drop
    }
}
END
    umask 022
    mkdir -p "$records"
    echo "$mac $gateway $(nft -s list table bridge "$device" | cksum)" >"$records/$device"
}

if [ "$event" = stopped ]; then
    [ ! -d "/sys/class/net/$device" ] || try ip link delete "$device"
    unguard
elif [ "$event" = started ]; then
    number=$(of "$overlay" vni) mtu=$(of "$overlay" mtu) address=$(of "$overlay" address)
    bridge=$(of "$(line '<bridge ')" name)
    have=$(ip -d -o link show dev "$device" 2>/dev/null)
    case $have in
        *" vxlan id $number "*"local $address "*"dstport 4789 "*) ;;
        *)
            [ -z "$have" ] || try ip link delete "$device"
            # The interface that carries it need not be there yet when the node starts, so none is named.
            try ip link add "$device" type vxlan id "$number" dstport 4789 local "$address" ttl 16 ;;
    esac
    gateway=$(of "$(printf '%s\n' "$xml" | grep '<ip ' | grep -v ipv6 | head -n 1)" address)
    mac=$(of "$(line '<mac ')" address)
    # Before it is up: the gateway's address must not get out.
    state=up
    if [ -z "$gateway" ]; then unguard; elif ! guard; then failed=1 state=down; fi
    try ip link set "$device" mtu "$mtu" master "$bridge" "$state"

    wanted=" $(printf '%s\n' "$xml" | grep '<kvmctl:peer ' | while read -r peer; do of "$peer" address; done | tr '\n' ' ')"
    entries=$(bridge fdb show dev "$device")
    known=" $(printf '%s\n' "$entries" | sed -n 's/^00:00:00:00:00:00 .*dst \([0-9.]*\).*/\1/p' | tr '\n' ' ')"
    for peer in $wanted; do
        case $known in *" $peer "*) ;; *) try bridge fdb append 00:00:00:00:00:00 dev "$device" dst "$peer" ;; esac
    done
    for peer in $known; do
        case $wanted in *" $peer "*) continue ;; esac
        try bridge fdb del 00:00:00:00:00:00 dev "$device" dst "$peer"
        # Where guests were seen behind it goes with it.
        printf '%s\n' "$entries" | sed -n "s/^\([0-9a-f:]*\) .*dst $peer .*/\1/p" | while read -r mac; do
            [ "$mac" = 00:00:00:00:00:00 ] || bridge fdb del "$mac" dev "$device" dst "$peer" self 2>/dev/null
        done
    done
fi
[ "$caller" = kvmctl ] || exit 0
exit "$failed"
