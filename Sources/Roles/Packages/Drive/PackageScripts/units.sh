# shellcheck shell=sh
# Services, of systemd or OpenRC.

# Prints "UNIT active|inactive|failed|…|absent enabled|disabled|…|-" of each.
unit_facts() {
    [ $# -gt 0 ] || return 0
    case $manager in
        systemd)
            systemctl show -p LoadState -p ActiveState -p UnitFileState -- "$@" 2>/dev/null | units="$*" awk '
                function say() {
                    if (load == "not-found") active = "absent"
                    if (seen) print names[++number], active, (file == "" ? "-" : file)
                    seen = 0; load = active = file = ""
                }
                BEGIN { split(ENVIRON["units"], names, " ") }
                /^$/ { say(); next }
                { seen = 1; value = $0; sub(/^[^=]*=/, "", value) }
                /^LoadState=/ { load = value }
                /^ActiveState=/ { active = value }
                /^UnitFileState=/ { file = value }
                END { say() }' ;;
        openrc)
            enabled=$(rc-update -q show default 2>/dev/null)
            for each; do
                name=${each%.service}
                active=inactive; file=disabled
                rc-service -q -e "$name" || active=absent
                rc-service -q "$name" status >/dev/null 2>&1 && active=active
                printf '%s\n' "$enabled" | grep -q "^ *$name " && file=enabled
                echo "$each $active $file"
            done ;;
        *) for each; do echo "$each absent -"; done ;;
    esac
}
# Has a service do $1: start, stop, restart, reload, enable or disable.
unit() {
    case $manager in
        systemd)
            case $1 in start | restart) systemctl reset-failed "$2" 2>/dev/null ;; esac
            systemctl -q "$1" "$2" </dev/null 9>&- ;;
        openrc)
            case $1 in
                enable) rc-update -q add "${2%.service}" default ;;
                disable) rc-update -q del "${2%.service}" default ;;
                *) rc-service -q "${2%.service}" "$1" </dev/null 9>&- ;;
            esac ;;
        *) echo "nothing in the guest can $1 $2" >&2; return 1 ;;
    esac
}
# Has systemd read its units again where one of the files in the list $1 is one.
reread() {
    [ "$manager" = systemd ] && [ -s "$1" ] && grep -qE '^(/usr)?/(etc|lib)/systemd/' "$1" && systemctl daemon-reload
    return 0
}
# Has a service be as it was: $1 runs now if $2 and is enabled if $3, as it was $4 and $5.
unit_as_before() {
    case $5/$3 in
        enabled/enabled) ;;
        enabled/*) unit enable "$1" ;;
        */enabled) unit disable "$1" ;;
    esac
    case $4/$2 in
        active/active) ;;
        active/*) unit start "$1" ;;
        */active | */activating | */reloading) unit stop "$1" ;;
    esac
}
