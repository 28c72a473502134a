# shellcheck shell=sh
# Sends nothing new to a member, and waits until it has finished what it has.
name=$1
socket=/run/haproxy/admin.sock
ask() { printf '%s\n' "$1" | socat -t 5 - "UNIX-CONNECT:$socket"; }
said=$(ask "set server members/$name state drain") || {
    echo "HAProxy does not answer on $socket" >&2
    exit 1
}
case $said in
    '') ;;
    # It gets nothing already.
    'No such server.'*) exit 0 ;;
    *) printf '%s\n' "HAProxy does not drain $name: $said" >&2; exit 1 ;;
esac
# Connections that stay open for long end with the member.
round=0
while [ $round -lt 45 ]; do
    busy=$(ask 'show stat' | awk -F , -v name="$name" '$1 == "members" && $2 == name { print $5 }')
    [ "${busy:-0}" = 0 ] && exit 0
    sleep 1
    round=$((round + 1))
done
echo "$name still has $busy connections after 45 s; they end with it"
