# shellcheck shell=sh
# Plugs interfaces into a bridge. More arguments: the interfaces.
#
# Prints those that it plugged in; one that is gone belonged to a guest that stopped meanwhile.
bridge=$1
shift 1
PATH=$PATH:/usr/sbin:/sbin
for tap do
    [ -d "/sys/class/net/$tap" ] || continue
    [ -d "/sys/class/net/$bridge/brif/$tap" ] && continue
    ip link set dev "$tap" master "$bridge" || { [ -d "/sys/class/net/$tap" ] && exit 1; continue; }
    echo "$tap"
done
