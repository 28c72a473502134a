# shellcheck shell=sh
# Ends with 8 where something else than the website listens on "$port"; "$oldPort" is the port that it had.

oldPort=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
listens() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        grep -q "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$1") [0-9A-F]*:0000 0A "
}
if [ "$oldPort" = "$port" ] && systemctl is-active --quiet "$unit"; then :
elif listens "$port"; then
    who=$(ss -Hltnp "sport = :$port" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)".*/\1/p' | sort -u | head -n 1)
    echo "port $port of the guest is in use by ${who:-another program}" >&2
    rm -f "$base"/private/tls.*.new
    exit 8
fi
