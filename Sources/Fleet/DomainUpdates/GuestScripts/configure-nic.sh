# shellcheck shell=sh
# Gives the NIC with the MAC an address (with its prefix, or dhcp) and a gateway, which may be empty.
mac=$1 address=$2 gateway=$3
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
if [ "$address" = dhcp ]; then
    ip -4 address flush dev "$nic"
    if command -v dhclient >/dev/null; then dhclient -1 "$nic"; exit; fi
    if command -v networkctl >/dev/null; then networkctl renew "$nic" 2>/dev/null; fi
    exit 0
fi
for old in $(ip -4 -o address show dev "$nic" | awk '{print $4}'); do
    [ "$old" = "$address" ] || ip address del "$old" dev "$nic"
done
ip -4 -o address show dev "$nic" | grep -q " $address " || ip address add "$address" dev "$nic" || exit 1
# A way out through another NIC stays.
[ -z "$gateway" ] || ip route show default | grep -qv " dev $nic " || ip route replace default via "$gateway" dev "$nic"
