# shellcheck shell=sh
# Prints what the services of a role's attempt wrote last, each since it started and since the attempt began; only those
# that do not run, where there are such. What is another role's as well says nothing: its words may be that role's.
role=$1
. ./engine.sh
. ./jobs.sh
[ "$manager" = systemd ] && command -v journalctl >/dev/null || exit 0
[ -s "$own/trying" ] || exit 0
read -r attempt rest <"$own/trying"
folder=$own/at/$attempt
[ -s "$folder/services" ] || exit 0
since=$(stat -c %Y "$folder/services")
is_shared() {
    for other in "$all"/*/at/*/services; do
        case $other in "$own"/*) continue ;; esac
        ! grep -qs "^$1 " "$other" || return 0
    done
    return 1
}
say() {
    # shellcheck disable=SC2034 # Named for who reads this.
    while read -r name on_change run rest; do
        [ "$run" = yes ] || continue
        if systemctl -q is-active "$name" </dev/null 2>/dev/null; then state=well; else state=ill; fi
        [ "$state" = "$1" ] || continue
        ! is_shared "$name" || continue
        id=$(systemctl show -p InvocationID "$name" </dev/null 2>/dev/null | cut -d = -f 2)
        [ -n "$id" ] || continue
        journalctl -q -n 8 -o cat --since="@$since" "_SYSTEMD_INVOCATION_ID=$id" </dev/null 2>/dev/null
    done <"$folder/services"
}
said=$(say ill)
[ -n "$said" ] || said=$(say well)
printf '%s\n' "$said" | without_made | cut -c 1-300
