# shellcheck shell=sh
# Sends work to a member again, and waits until it is seen to be up: another one may be drained next.
name=$1
socket=/run/haproxy/admin.sock
ask() { printf '%s\n' "$1" | socat -t 5 - "UNIX-CONNECT:$socket"; }
said=$(ask "set server members/$name state ready") || {
    echo "HAProxy does not answer on $socket" >&2
    exit 1
}
case $said in
    '') ;;
    # It left the list.
    'No such server.'*) exit 0 ;;
    *) printf '%s\n' "HAProxy does not put $name back: $said" >&2; exit 1 ;;
esac
begun=$(date +%s)
while :; do
    # Its status, and what the last check found.
    status=$(ask 'show stat' | awk -F , -v name="$name" '$1 == "members" && $2 == name { print $18, $37 }')
    case $status in 'UP '[0-9]*) ;; 'UP '*) exit 0 ;; esac
    [ $(($(date +%s) - begun)) -lt 50 ] || break
    sleep 1
done
echo "$name is not up for HAProxy after 50 s: ${status:-it is not listed, or HAProxy does not answer}" >&2
exit 1
