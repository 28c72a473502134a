# shellcheck shell=sh
# tell_overlays prints the ends of overlays that the node has, and the SHA-256 of kvmctl's hook: a word and a value per line.
#
# It needs hook_sum. Without the kernel's module there are none, and nothing is run.
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
