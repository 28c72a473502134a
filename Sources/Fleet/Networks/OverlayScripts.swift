// Made by .ci/embed-scripts from the files in OverlayScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node runs to carry networks to other nodes.
enum OverlayScripts {
    /// Puts the hook in place that connects networks to other nodes whenever they start, and connects one now. Standard input: the
    /// network's XML, as libvirt writes it.
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
        hookState,
#"""

PATH=$PATH:/usr/sbin:/sbin
umask 022
for tool in ip bridge; do
    command -v "$tool" >/dev/null || { echo "the node has no program $tool, which is of iproute2" >&2; exit 1; }
done
state=$(hook_state)
if [ "${state% *}" != "$sum" ]; then
    mkdir -p "${hook_file%/*}" && printf '%s' "$hook" >"$hook_file.new" && chmod 755 "$hook_file.new" &&
        mv "$hook_file.new" "$hook_file" || exit 1
    state=$(hook_state)
fi
if [ "${state#* }" != loaded ] && hook_daemon; then
    kill -HUP "$hook_daemon" || exit 1
    mkdir -p "${hook_stamp%/*}" && echo "$hook_daemon $sum" >"$hook_stamp" || exit 1
fi
sh -c "$text" kvmctl "$network" started kvmctl
"""#,
    ].joined()

    /// hook_state prints the SHA-256 of kvmctl's hook of libvirt, and whether libvirt knows that it is there: "loaded" or "unknown". It
    /// prints nothing where there is none.
    ///
    /// libvirt looks for hooks when it starts and when it gets the signal HUP, and at no other time. A daemon that does not run looks
    /// when it starts. "$hook_file", "$hook_stamp" and "$hook_daemon" are set.
    static let hookState = #"""
hook_file=/etc/libvirt/hooks/network.d/kvmctl
hook_stamp=/run/kvmctl/hook-loaded
hook_daemon() {
    for place in /run/virtnetworkd.pid /run/libvirt/virtnetworkd.pid /run/libvirtd.pid /run/libvirt/libvirtd.pid; do
        [ -s "$place" ] || continue
        read -r hook_daemon <"$place"
        [ -d "/proc/$hook_daemon" ] && return 0
    done
    hook_daemon=
    return 1
}
hook_state() {
    [ -e "$hook_file" ] || return 0
    sum=$(sha256sum <"$hook_file")
    sum=${sum%% *}
    state=loaded
    if hook_daemon; then
        begun=$(sed -n 's/^btime //p' /proc/stat)
        ticks=$(sed 's/.*) //' "/proc/$hook_daemon/stat" | cut -d ' ' -f 20)
        begun=$((begun + ticks / $(getconf CLK_TCK 2>/dev/null || echo 100)))
        # In the second in which it began it may have looked before the file was there.
        [ "$(stat -c %Y "$hook_file")" -lt "$begun" ] || [ "$(cat "$hook_stamp" 2>/dev/null)" = "$hook_daemon $sum" ] ||
            state=unknown
    fi
    echo "$sum $state"
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
records=/run/kvmctl/overlays
failed=0
try() { "$@" || { failed=1; echo "$network: $* failed" >&2; }; }

unguard() {
    [ -e "$records/$device" ] || return 0
    rm -f "$records/$device"
    nft delete table bridge "$device" 2>/dev/null
}

if [ "$event" = stopped ]; then
    unguard
    [ ! -d "/sys/class/net/$device" ] || try ip link delete "$device"
elif [ "$event" = started ]; then
    number=$(of "$overlay" vni) mtu=$(of "$overlay" mtu) address=$(of "$overlay" address)
    bridge=$(of "$(line '<bridge ')" name)
    have=$(ip -d -o link show dev "$device" 2>/dev/null)
    case $have in
        *" vxlan id $number "*"local $address "*"dstport 4789 "*) ;;
        *)
            [ -z "$have" ] || try ip link delete "$device"
            # The one that carries it need not be there yet when the node starts, so it has no name here.
            try ip link add "$device" type vxlan id "$number" dstport 4789 local "$address" ttl 16 ;;
    esac
    try ip link set "$device" mtu "$mtu" master "$bridge" up

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

    # Every node has the gateway's address and MAC, and each is the gateway of its own guests alone.
    gateway=$(of "$(printf '%s\n' "$xml" | grep '<ip ' | grep -v ipv6 | head -n 1)" address)
    mac=$(of "$(line '<mac ')" address)
    if [ -z "$gateway" ]; then
        unguard
    else
        was=$(cat "$records/$device" 2>/dev/null)
        now="$mac $gateway $(nft -s list table bridge "$device" 2>/dev/null | cksum)"
        if [ "$was" != "$now" ]; then
            if nft -f - <<END
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
            then
                umask 022
                mkdir -p "$records"
                echo "$mac $gateway $(nft -s list table bridge "$device" | cksum)" >"$records/$device"
            else
                failed=1
                echo "$network: nft did not take the rules of its gateway" >&2
            fi
        fi
    fi
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
        hookState,
        tellOverlays,
#"""
LC_ALL=C
export LC_ALL
tell_overlays
exit 0
"""#,
    ].joined()

    /// tell_overlays prints the ends of overlays that the node has, and the state of kvmctl's hook: a word and a value per line.
    ///
    /// It needs hook_state. Without the kernel's module there are none, and nothing is run.
    static let tellOverlays = #"""
tell_overlays() {
    state=$(hook_state)
    [ -z "$state" ] || echo "hook $state"
    [ -d /sys/module/vxlan ] || return 0
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
        hookState,
#"""

PATH=$PATH:/usr/sbin:/sbin
sh -c "$text" kvmctl "$network" stopped kvmctl || exit 1
for device in /sys/class/net/kx*; do [ ! -d "$device" ] || exit 0; done
grep -qs '<kvmctl:overlay ' /etc/libvirt/qemu/networks/*.xml && exit 0
[ -e "$hook_file" ] || exit 0
rm -f "$hook_file" "$hook_stamp"
rmdir "${hook_file%/*}" /run/kvmctl/overlays /run/kvmctl 2>/dev/null
# It would look for what is gone.
if hook_daemon; then kill -HUP "$hook_daemon"; fi
exit 0
"""#,
    ].joined()
}
