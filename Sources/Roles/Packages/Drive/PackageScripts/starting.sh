# shellcheck shell=sh
# Services and ports as the attempt below "$now" wants them.

# Gives up the path $1 of the role's, which holds what it was told by $2 and $3; what somebody edited stays.
leave() {
    if is_edited "$1" "$2" "$3"; then
        echo "kept $1"
        return 0
    fi
    if [ "$2" != absent ] && ! is_any "$1" && ! is_any "$own/original$1"; then return 0; fi
    will_change "$1"
    put_original "$1" || exit 1
}
# Whether a file changed that concerns the service $1.
concerns() {
    [ -s "$own/before/changed" ] || return 1
    watched=no
    while read -r word whose watched_path; do
        case $word/$whose in "watch/$1") ;; *) continue ;; esac
        watched=yes
        lists "$own/before/changed" "$watched_path" && return 0
    done <"$work/header"
    [ $watched = no ]
}
put_services() {
    # What left the role is as before it.
    if [ -s "$own/current/services" ]; then
        while read -r name on_change run enable active enabled; do
            grep -q "^$name " "$now/services" || echo "$name leave - - $active $enabled"
        done <"$own/current/services" >"$work/leaving"
    else : >"$work/leaving"; fi
    cat "$work/leaving" "$now/services" >"$work/services"
    # shellcheck disable=SC2046 # A list of units.
    unit_facts $(cut -d ' ' -f 1 "$work/services") >"$work/facts"
    while read -r name on_change run enable was_active was_enabled; do
        facts=$(awk -v name="$name" '$1 == name { print $2, $3; exit }' "$work/facts")
        active=${facts% *}; enabled=${facts#* }
        if [ "$on_change" = leave ]; then
            unit_as_before "$name" "$active" "$enabled" "$was_active" "$was_enabled" || exit 5
        else put_service; fi
    done <"$work/services"
}
put_service() {
    if [ "$run" = no ]; then
        [ "$enabled" != enabled ] || unit disable "$name" || exit 5
        case $active in active | activating | reloading | failed) unit stop "$name" || exit 5 ;; esac
        return
    fi
    if [ "$enable" = yes ]; then
        case $enabled in enabled* | static | generated | alias | indirect) ;; *) unit enable "$name" || exit 5 ;; esac
    fi
    if [ "$active" != active ]; then
        unit start "$name" || does_not_start
        echo "started $name"
    elif [ "$on_change" != none ] && concerns "$name"; then
        if [ "$on_change" = reload ]; then
            unit reload "$name" || does_not_start
            echo "reloaded $name"
        else
            [ "$manager" != systemd ] ||
                echo "was $name $(systemctl show -p MainPID "$name" </dev/null 2>/dev/null | cut -d = -f 2)"
            unit restart "$name" || does_not_start
            echo "restarted $name"
        fi
    fi
}
does_not_start() {
    journalctl -q -n 15 -o cat --since=-2min "_SYSTEMD_UNIT=$name" 2>/dev/null | cut -c 1-500 >&2
    echo "$name does not start" >&2
    exit 5
}
put_ports() {
    if [ -s "$own/current/ports" ]; then
        while read -r port; do
            lists "$now/ports" "$port" || shut_port "$port" || exit 1
        done <"$own/current/ports"
    fi
    while read -r port; do open_port "$port" || exit 1; done <"$now/ports"
}
