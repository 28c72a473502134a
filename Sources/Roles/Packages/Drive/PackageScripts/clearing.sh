# shellcheck shell=sh
# The parts of a role's removal.

run_remove() {
    [ -f "$own/current/package/remove" ] || return 0
    KVMCTL_INPUTS=$own/current/given; export KVMCTL_INPUTS
    job_variables "$own/current"
    job "$own/current/package/remove" "$limit" "$own/current/inputs"
    code=$?
    case $code in
        0) return ;;
        124) last_lines; echo "remove took longer than $limit s" >&2; exit 15 ;;
        *) last_lines; echo "remove ended with status $code" >&2; exit 4 ;;
    esac
}
remove_services() {
    [ -s "$own/current/services" ] || return 0
    # shellcheck disable=SC2046 # A list of units.
    unit_facts $(cut -d ' ' -f 1 "$own/current/services") >"$work/facts"
    # shellcheck disable=SC2034 # Named for who reads this.
    while read -r name on_change run enable was_active was_enabled; do
        facts=$(awk -v name="$name" '$1 == name { print $2, $3; exit }' "$work/facts")
        [ -n "$facts" ] || continue
        unit_as_before "$name" "${facts% *}" "${facts#* }" "$was_active" "$was_enabled" || exit 5
    done <"$own/current/services"
}
remove_files() {
    [ -s "$own/current/files" ] || return 0
    : >"$work/changed"
    while read -r path kind hash rest; do
        if is_edited "$path" "$kind" "$hash"; then
            # What was put back by a run that was cut off is no edit.
            is_any "$own/original$path" && is_there "$own/original$path" "$path" || echo "kept $path"
            continue
        fi
        echo "$path" >>"$work/changed"
        put_original "$path" || exit 1
    done <"$own/current/files"
    reread "$work/changed"
}
# Packages that came with the role go, where nothing else goes with them and no other role has them.
remove_packages() {
    [ -s "$own/installed" ] || return 0
    set --
    while read -r name; do
        for other in "$all"/*/current/packages; do
            case $other in "$own/"*) continue ;; esac
            if [ -s "$other" ] && grep -q "^$name " "$other"; then
                # It came for this role, and now belongs to the other one.
                other=${other%/current/packages}
                lists "$other/installed" "$name" || echo "$name" >>"$other/installed"
                name=
                break
            fi
        done
        [ -z "$name" ] || set -- "$@" "$name"
    done <"$own/installed"
    # shellcheck disable=SC2046 # A list of packages.
    set -- $(installed "$@")
    [ $# -gt 0 ] || return 0
    {
        echo "family=$family"
        cat <<'END'
DEBIAN_FRONTEND=noninteractive; NEEDRESTART_SUSPEND=1; export DEBIAN_FRONTEND NEEDRESTART_SUSPEND
END
        case $family in
            debian)
                others=$(apt-get -s -q remove "$@" 2>/dev/null |
                    awk -v names=" $* " '/^Remv / && !index(names, " " $2 " ") { print $2 }')
                if [ -n "$others" ]; then
                    echo "kept $* packages, which $(printf '%s' "$others" | tr '\n' ' ') need" >&3
                    return 0
                fi
                echo "apt-get -q -y -o DPkg::Lock::Timeout=600 remove $*" ;;
            rhel) echo "rpm -e $*" ;;
            alpine) echo "apk del --wait 600 $*" ;;
        esac
    } 3>&1 >"$work/uninstall"
    grep -qE '^(apt-get|rpm|apk) ' "$work/uninstall" || return 0
    job "$work/uninstall" "$limit" /dev/null || echo "kept $* packages, which others may need"
}
