# shellcheck shell=sh
# Says what is the matter with a socket: missing, denied, dead where nobody listens, listening, or unknown.
#
# OpenSSH answers "open failed" whatever it is.

[ -S "$1" ] || { echo missing; exit; }
[ -w "$1" ] || { echo denied; exit; }
[ -r /proc/net/unix ] || { echo unknown; exit; }
real=$(readlink -f -- "$1")
while read -r _ _ _ flags _ _ _ path; do
    [ "$flags" = 00010000 ] || continue
    if [ "$path" = "$1" ] || [ "$path" = "$real" ]; then echo listening; exit; fi
    case "$1" in /var/run/*) [ "$path" = "${1#/var}" ] && { echo listening; exit; } ;; esac
    case "$1" in /run/*) [ "$path" = "/var$1" ] && { echo listening; exit; } ;; esac
done </proc/net/unix
echo dead
