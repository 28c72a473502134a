# shellcheck shell=sh
# Gives the NIC with the MAC an address (with its prefix, dhcp, or keep), a gateway, which may be empty, and routes.
#
# leads: yes where the default route is to lead through it, and through no other; no where it is not; empty where another
# one stays. address6 and gateway6 are the same for IPv6, and empty where it has none. Routes are three arguments each:
# replace or del, the network, the next router.
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
                # shellcheck disable=SC2086 # the words of a route
                ip route del $line
            done ;;
    esac
    return 0
}
set_address6() {
    if [ -n "$address6" ]; then
        # As at its boots: nothing of what a router advertises.
        { echo 0 >"/proc/sys/net/ipv6/conf/$nic/accept_ra"; } 2>/dev/null
        ip -6 route flush dev "$nic" proto ra
    fi
    for old in $(ip -6 -o address show dev "$nic" scope global | awk '{print $4}'); do
        # What it chose by advertisement stays where it has none of ours.
        [ -n "$address6" ] || ! ip -6 -o address show dev "$nic" dynamic | grep -q " $old " || continue
        [ "$old" = "$address6" ] || ip address del "$old" dev "$nic"
    done
    [ -z "$address6" ] || ip -6 -o address show dev "$nic" | grep -q " $address6 " ||
        ip address add "$address6" dev "$nic" || exit 1
}
lead_out6() {
    if [ -z "$gateway6" ] || [ "$leads" = no ]; then return 0; fi
    others=$(ip -6 route show default | grep -v " dev $nic ")
    [ -z "$others" ] || [ "$leads" = yes ] || return 0
    echo "$others" | while read -r line; do
        # shellcheck disable=SC2086 # the words of a route
        [ -z "$line" ] || ip -6 route del $line
    done
    ip -6 route replace default via "$gateway6" dev "$nic"
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
