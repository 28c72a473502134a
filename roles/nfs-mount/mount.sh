#!/bin/sh
# Has systemd mount the folder when somebody looks at it (start), or no more (stop).
#
# A server that is away is waited for by those who look, and by nobody else: neither a boot nor a stop hangs.
set -u
record=/run/kvmctl-nfs-mount
units=/run/systemd/system

# Gives up the folder that was mounted last.
stop() {
    [ -s "$record" ] || return 0
    read -r unit path <"$record"
    # Without its server, a plain umount would never end.
    while awk -v path="$path" '$2 == path && $3 ~ /^nfs/ { found = 1 } END { exit !found }' /proc/mounts; do
        umount -l "$path" || return 1
    done
    systemctl stop "$unit.automount" "$unit.mount" 2>/dev/null
    rm -f "$units/$unit.automount" "$units/$unit.mount" "$record"
}

start() {
    while read -r key value; do
        case $key in
            source) source=$value ;;
            path) path=$value ;;
            options) options=$value ;;
        esac
    done </etc/kvmctl-nfs-mount.conf
    unit=$(systemd-escape --path "$path") || return 1
    mkdir -p "$path" "$units" || return 1
    echo "$unit $path" >"$record" || return 1
    # A % means something to systemd.
    where=$(printf '%s\n' "$path" | sed 's/%/%%/g')
    cat >"$units/$unit.mount" <<UNIT || return 1
[Unit]
Description=Folder of a file server

[Mount]
What=$(printf '%s\n' "$source" | sed 's/%/%%/g')
Where=$where
Type=nfs4
Options=$options
TimeoutSec=15
LazyUnmount=yes
UNIT
    cat >"$units/$unit.automount" <<UNIT || return 1
[Unit]
Description=Folder of a file server

[Automount]
Where=$where
UNIT
    systemctl daemon-reload && systemctl start "$unit.automount"
}

case ${1:-} in
    start) stop && start ;;
    stop) stop && systemctl daemon-reload ;;
    *) echo "usage: $0 start|stop" >&2; exit 2 ;;
esac
