# shellcheck shell=sh
# Gives the NIC with the MAC an address (with its prefix, dhcp, or keep), a gateway, which may be empty, and routes.
#
# leads: yes where the default route is to lead through it, and through no other; no where it is not; empty where another
# one stays. Routes are three arguments each: replace or del, the network, the next router.
mac=$1 address=$2 gateway=$3 leads=$4
shift 4
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
    no) ip route del default dev "$nic" 2>/dev/null ;;
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
        ip -4 -o address show dev "$nic" | grep -q " $address " || ip address add "$address" dev "$nic" || exit 1 ;;
esac
# Only the client knows a server's gateway.
if [ "$leads" = yes ] && [ -z "$gateway" ] && [ -z "$(ip route show default dev "$nic")" ]; then ask_server; fi
# A way out through another NIC stays, unless this one is to lead out.
if [ -n "$gateway" ] && [ "$leads" != no ]; then
    if [ "$leads" = yes ] || ! ip route show default | grep -qv " dev $nic "; then
        ip route replace default via "$gateway" dev "$nic"
    fi
fi
routes "$@"
