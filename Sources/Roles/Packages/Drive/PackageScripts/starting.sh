# shellcheck shell=sh
# Services and ports as the attempt below "$now" wants them.

put_services() {
    [ -s "$now/services" ] || return 0
    # shellcheck disable=SC2046 # A list of units.
    unit_facts $(cut -d ' ' -f 1 "$now/services") >"$work/facts"
    # shellcheck disable=SC2034 # Named for who reads this.
    while read -r name on_change run enable was_active was_enabled; do
        facts=$(awk -v name="$name" '$1 == name { print $2, $3; exit }' "$work/facts")
        active=${facts% *}; enabled=${facts#* }
        put_service
    done <"$now/services"
}
put_service() {
    if [ "$run" = no ]; then
        [ "$enabled" != enabled ] || tell disable "$name" || exit 5
        case $active in active | activating | reloading | failed) tell stop "$name" || exit 5 ;; esac
        return
    fi
    if [ "$enable" = yes ]; then
        case $enabled in enabled* | static | generated | alias | indirect) ;; *) tell enable "$name" || exit 5 ;; esac
    fi
    if [ "$active" != active ]; then
        tell start "$name" || exit 5
        echo "started $name"
    elif [ "$on_change" != none ] &&
        concerns "$name" "$own/before/changed" "$now/watched" "$own/current/watched"; then
        if [ "$on_change" = reload ]; then
            tell reload "$name" || exit 5
            echo "reloaded $name"
        else
            [ "$manager" != systemd ] ||
                echo "was $name $(systemctl show -p MainPID "$name" </dev/null 2>/dev/null | cut -d = -f 2)"
            tell restart "$name" || exit 5
            echo "restarted $name"
        fi
    fi
}
put_ports() {
    shut_ports "$now/ports" || exit 1
    while read -r port; do open_port "$port" || exit 1; done <"$now/ports"
}
