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
# The paths that have gone are known for as long as the removal is not done: who reads them is told then.
remove_files() {
    [ -s "$own/current/files" ] || return 0
    while read -r path kind hash rest; do
        if is_handed_over "$path" || is_original "$path"; then continue; fi
        if is_edited "$path" "$kind" "$hash"; then
            aside=
            if find_aside "$path" && ! is_any "$aside"; then put_file "$own/original$path" "$aside" new || exit; fi
            say_kept "$path"
            continue
        fi
        echo "$path" >>"$work/gone"
        put_original "$path" || exit
    done <"$own/current/files"
}
# Numbers of attempts go on after the role: what answers with an old one would be taken for a new state.
keep_number() {
    last=0; highest=0
    [ ! -s "$own/attempt" ] || read -r last <"$own/attempt"
    [ ! -s "$all/.attempt" ] || read -r highest <"$all/.attempt"
    [ "$last" -le "$highest" ] || echo "$last" | put "$all/.attempt"
}
# Packages that came with the role go, where nothing else goes with them and no other role has them.
remove_packages() {
    if ! settle_packages; then
        echo "kept $(tr '\n' ' ' <"$own/installing")packages, since the guest's record of its packages cannot be read"
    fi
    [ -s "$own/installed" ] || return 0
    set --
    while read -r name; do
        for other in "$all"/*/at/*/packages; do
            case $other in "$own/"*) continue ;; esac
            if [ -s "$other" ] && grep -q "^$name " "$other"; then
                # It came for this role, and now belongs to the other one.
                other=${other%/at/*}
                lists "$other/installed" "$name" || add_to "$other/installed" "$name" || exit 1
                name=
                break
            fi
        done
        [ -z "$name" ] || set -- "$@" "$name"
    done <"$own/installed"
    if [ $# -gt 0 ] && ! there=$(installed "$@"); then
        echo "kept $* packages, since the guest's record of its packages cannot be read"
        return 0
    fi
    # shellcheck disable=SC2086 # A list of packages.
    [ $# = 0 ] || set -- $there
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
