# shellcheck shell=sh
# resolve NAME says how long a name takes; a resolver that waits for a server gives up after 8 s here.
#
# "ahosts" asks as libvirt does (getaddrinfo); "hosts" asks for IPv6 alone at first, for which a file with IPv4 is no answer.

resolve() {
    read -r from rest </proc/uptime
    if command -v timeout >/dev/null; then timeout 8 getent ahosts "$1" >/dev/null 2>&1
    else getent ahosts "$1" >/dev/null 2>&1; fi
    found=$?
    read -r to rest </proc/uptime
    echo "name $found $from $to $1"
}
