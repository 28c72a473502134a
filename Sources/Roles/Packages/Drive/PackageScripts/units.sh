# shellcheck shell=sh
# Services, of systemd or OpenRC.

# Prints "UNIT active|inactive|failed|…|absent enabled|disabled|…|-" of each.
unit_facts() {
    [ $# -gt 0 ] || return 0
    case $manager in
        systemd)
            systemctl show -p LoadState -p ActiveState -p UnitFileState -- "$@" 2>/dev/null | units="$*" awk '
                function say() {
                    # One whose file is gone may run on.
                        if (load == "not-found" && active == "inactive") active = "absent"
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
# Has a service do $1 as well, and says where it does not.
tell() {
    unit "$1" "$2" && return 0
    case $1 in
        enable | disable) echo "$2 cannot be ${1}d" >&2 ;;
        stop) echo "$2 cannot be stopped" >&2 ;;
        *)
            journalctl -q -n 15 -o cat --since=-2min "_SYSTEMD_UNIT=$2" 2>/dev/null | cut -c 1-500 >&2
            if [ "$1" = reload ]; then echo "$2 does not reload" >&2; else echo "$2 does not start" >&2; fi ;;
    esac
    return 1
}
# Has systemd read its units again where one of the files in the list $1 is one.
reread() {
    [ "$manager" = systemd ] && [ -s "$1" ] && grep -qE '^(/usr(/local)?)?/(etc|lib)/systemd/' "$1" &&
        systemctl daemon-reload
    return 0
}
# Stops and disables those services of a list that did not run or start with the guest before: $1 has a line NAME
# ON-CHANGE RUN ENABLE WAS-ACTIVE WAS-ENABLED of each, with as-is for what is another role's. Comes before their files
# go. Adds those that refuse to "$refused".
take_down() {
    [ -s "$1" ] || return 0
    # shellcheck disable=SC2046 # A list of units.
    unit_facts $(cut -d ' ' -f 1 "$1") >"$work/facts"
    # shellcheck disable=SC2034 # Named for who reads this.
    while read -r name on_change run enable was_active was_enabled; do
        facts=$(awk -v name="$name" '$1 == name { print $2, $3; exit }' "$work/facts")
        if [ -z "$facts" ]; then
            echo "it is not known how $name is" >&2
            refused="$refused $name"
            continue
        fi
        case $was_enabled/${facts#* } in
            as-is/* | masked/* | enabled/enabled) ;;
            */enabled) tell disable "$name" || refused="$refused $name" ;;
        esac
        case $was_active/${facts% *} in
            as-is/* | active/* | activating/* | reloading/*) ;;
            */active | */activating | */reloading) tell stop "$name" || refused="$refused $name" ;;
        esac
    done <"$1"
}
# Enables and starts those that did, and has those that ran and run on read again which of the files in the list $2
# concern them; the lists that follow say which they watch. Comes after their files are back.
bring_up() {
    [ -s "$1" ] || return 0
    list=$1; changed=$2
    shift 2
    # shellcheck disable=SC2046 # A list of units.
    unit_facts $(cut -d ' ' -f 1 "$list") >"$work/facts"
    # shellcheck disable=SC2034 # Named for who reads this.
    while read -r name on_change run enable was_active was_enabled; do
        facts=$(awk -v name="$name" '$1 == name { print $2, $3; exit }' "$work/facts")
        case $was_enabled/${facts#* } in
            enabled/enabled) ;;
            enabled/*) tell enable "$name" || refused="$refused $name" ;;
        esac
        case $was_active/${facts% *} in
            as-is/active | as-is/reloading | active/active | active/reloading | activating/active | reloading/active)
                if [ "$on_change" = none ] || ! concerns "$name" "$changed" "$@"; then continue; fi
                { [ "$on_change" = reload ] && unit reload "$name"; } || tell restart "$name" ||
                    refused="$refused $name" ;;
            active/* | activating/* | reloading/*) tell start "$name" || refused="$refused $name" ;;
        esac
    done <"$list"
}
# Whether a path of the list $2 concerns the service $1, by the lists that follow: UNIT PATH of what is watched, or UNIT *.
concerns() (
    unit=$1; changed=$2
    shift 2
    [ -s "$changed" ] || exit 1
    for list; do [ ! -s "$list" ] || cat "$list"; done | awk -v unit="$unit" -v changed="$changed" '
        BEGIN { while ((getline <changed) > 0) has[$1] = 1 }
        $1 == unit && ($2 == "*" || $2 in has) { found = 1 }
        END { exit !found }'
)
