// Made by .ci/embed-scripts from the files in OverlayScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node runs to carry networks to other nodes.
enum OverlayScripts {
    /// Puts the hook in place that connects networks to other nodes whenever the node starts, and connects one now. Standard input:
    /// the network's XML, as libvirt writes it.
    ///
    /// hook: the text of the hook's file; sum: its SHA-256; text: the script in it.
    static func carry(network: String, hook: String, sum: String, text: String) -> Script {
        Script(carryText, [network, hook, sum, text])
    }
    /// Its text, for a script that runs another.
    static let carryText = [
#"""
network=$1 hook=$2 sum=$3 text=$4

"""#,
        hookFile,
#"""

PATH=$PATH:/usr/sbin:/sbin
umask 022
for tool in ip bridge; do
    command -v "$tool" >/dev/null || { echo "the node has no program $tool, which is of the package iproute2" >&2; exit 1; }
done
if [ "$(hook_sum)" != "$sum" ]; then
    # Not in the folder itself, of which libvirt runs whatever is in it; two networks may be connected at once.
    new=${hook_file%/*/*}/.kvmctl.$$
    if ! { mkdir -p "${hook_file%/*}" && printf '%s' "$hook" >"$new" && chmod 755 "$new" && mv "$new" "$hook_file"; }; then
        rm -f "$new"
        exit 1
    fi
fi
sh -c "$text" kvmctl "$network" started kvmctl
"""#,
    ].joined()

    /// hook_sum prints the SHA-256 of kvmctl's hook of libvirt; nothing where there is none, or where libvirt passes over it
    /// since it is not executable.
    ///
    /// libvirt looks for hooks when it starts and at SIGHUP. It is sent none: that would start networks that somebody has stopped.
    /// What it does not know of yet is connected by kvmctl, which starts it, and libvirt knows the hook from the node's next start on.
    static let hookFile = #"""
hook_file=/etc/libvirt/hooks/network.d/kvmctl
hook_sum() {
    [ -x "$hook_file" ] || return 0
    sum=$(sha256sum <"$hook_file")
    echo "${sum%% *}"
}

"""#

    /// Connects a network to other nodes, or takes the connection away: what libvirt runs when a network starts or stops, and kvmctl
    /// whenever one changes. Standard input: the network's XML, as libvirt writes it, an element in each line.
    ///
    /// event: started or stopped; anything else is nothing to it. caller: "kvmctl" is told of errors. libvirt never is: a network
    /// whose hook fails when it starts cannot be started again before somebody has deleted its bridge.
    /// Whatever is right stays as it is, so that no frame is lost.
    /// Only other scripts run it.
    static let hookText = #"""
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
"""#

    /// Prints the ends of overlays that the node has, and the state of kvmctl's hook.
    static func look() -> Script {
        Script(lookText, [])
    }
    /// Its text, for a script that runs another.
    static let lookText = [
        hookFile,
        tellOverlays,
#"""
LC_ALL=C
export LC_ALL
tell_overlays
exit 0
"""#,
    ].joined()

    /// tell_overlays prints the ends of overlays that the node has, and the SHA-256 of kvmctl's hook: a word and a value per line.
    ///
    /// It needs hook_sum. Without the kernel's module there are none, and nothing is run.
    static let tellOverlays = #"""
tell_overlays() {
    sum=$(hook_sum)
    [ -z "$sum" ] || echo "hook $sum"
    [ -d /sys/module/vxlan ] || return 0
    PATH=$PATH:/usr/sbin:/sbin
    ip -d -o link show type vxlan 2>/dev/null | while read -r line; do echo "overlay $line"; done
    for device in /sys/class/net/kx*; do
        [ -d "$device" ] || continue
        device=${device##*/}
        bridge fdb show dev "$device" | sed -n "s/^00:00:00:00:00:00 .*dst \([0-9.]*\).*/peer $device \1/p"
        [ -s "/run/kvmctl/overlays/$device" ] || continue
        read -r mac address sum <"/run/kvmctl/overlays/$device"
        [ "$(nft -s list table bridge "$device" 2>/dev/null | cksum)" != "$sum" ] || echo "kept $device $mac $address"
    done
}

"""#

    /// Takes a network's connection to other nodes away, and the hook with the last of them. Standard input: the network's XML.
    ///
    /// text: the script of the hook.
    static func uncarry(network: String, text: String) -> Script {
        Script(uncarryText, [network, text])
    }
    /// Its text, for a script that runs another.
    static let uncarryText = [
#"""
network=$1 text=$2

"""#,
        hookFile,
#"""

PATH=$PATH:/usr/sbin:/sbin
sh -c "$text" kvmctl "$network" stopped kvmctl || exit 1
for device in /sys/class/net/kx*; do [ ! -d "$device" ] || exit 0; done
for file in /etc/libvirt/qemu/networks/*.xml; do
    [ "$file" = "/etc/libvirt/qemu/networks/$network.xml" ] && continue
    grep -qs '<kvmctl:overlay ' "$file" && exit 0
done
rm -f "$hook_file"
rmdir "${hook_file%/*}" /run/kvmctl/overlays /run/kvmctl 2>/dev/null
exit 0
"""#,
    ].joined()
}
