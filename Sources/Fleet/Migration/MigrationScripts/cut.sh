# shellcheck shell=sh
# Ends the connections that the QEMU of a domain has to the destination's ports for migrations, from "$lowest" to "$highest".
#
# Only what is connected from a port for clients counts, so that no viewer of its screen is cut off. What travels through ssh
# needs none of it: its connections end with the session.
domain=$1 lowest=$2 highest=$3
pid=$(cat "/run/libvirt/qemu/$domain.pid") && [ -n "$pid" ] || exit 0
ss -Htnp state connected 2>/dev/null | grep "pid=$pid," | while read -r _ _ _ near far _; do
    [ "${near##*:}" -ge 32768 ] || continue
    [ "${far##*:}" -ge "$lowest" ] && [ "${far##*:}" -le "$highest" ] && ss -K src "$near" dst "$far"
done >/dev/null 2>&1
exit 0
