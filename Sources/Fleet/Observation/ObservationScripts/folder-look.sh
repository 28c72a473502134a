# shellcheck shell=sh
# Looks at a folder, and prints "access WORD NUMBER VALUE" for what is wrong with it.
#
# Of a folder that is not there yet, the nearest one above it is asked. "[ -w ]" is true for root unless the file system is
# read-only, or its server does not let root write (access(2), NFS's ACCESS). user, name and group are QEMU's.
# Only other scripts run it.
number=$1 folder=$2 user=$3 name=$4 group=$5 enforced=$6
place=$folder
while [ ! -e "$place" ] && [ "$place" != / ]; do place=${place%/*}; place=${place:-/}; done
[ -w "$place" ] || echo "access closed $number $(stat -f -c %T -- "$place" 2>/dev/null)"
real=$(readlink -f -- "$place" 2>/dev/null) || real=$place
[ "$enforced" != 1 ] || echo "access label $number $(stat -c %C -- "$real" 2>/dev/null)"
[ "${user:-0}" != 0 ] && command -v setpriv >/dev/null || exit 0
echo "access user $number $name"
groups=--init-groups
[ "$name" != UNKNOWN ] || groups=--clear-groups
# shellcheck disable=SC2016 # The shell of that user expands it.
setpriv --reuid "$user" --regid "$group" "$groups" sh -c '
    at= rest=${1#/}
    while :; do
        at=$at/${rest%%/*}
        [ -x "$at" ] || { echo "access blocked $2 $at"; break; }
        case $rest in */*) rest=${rest#*/} ;; *) break ;; esac
    done' sh "$real" "$number" 2>/dev/null
exit 0
