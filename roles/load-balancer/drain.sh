# shellcheck shell=sh
# Sends nothing new to a member, and waits until it has finished what it has.
begun=$(date +%s)
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
# Connections that stay open for long end with the member. What was not answered says nothing of them.
while :; do
    answer=$(ask 'show stat') || answer=
    state=$(printf '%s\n' "$answer" | awk -F , -v name="$name" '
        /^# pxname,/ { isTable = 1 }
        $1 == "members" && $2 == name { busy = $5; isListed = 1 }
        END { print !isTable ? "unread" : isListed ? busy : "unlisted" }')
    case $state in 0 | unlisted) exit 0 ;; esac
    # An answer may take seconds where the machine is busy, and the drain must end in a minute.
    [ $(($(date +%s) - begun)) -lt 45 ] || break
    sleep 1
done
case $state in
    unread | '' | *[!0-9]*)
        echo "HAProxy does not say how many connections $name has: no answer to show stat on $socket" >&2
        exit 1 ;;
esac
echo "$name still has $state connections after 45 s; they end with it"
