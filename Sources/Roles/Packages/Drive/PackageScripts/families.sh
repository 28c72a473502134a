# shellcheck shell=sh
# Which packages a guest has; "$family" says whose they are.

if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then family=debian
elif command -v rpm >/dev/null && command -v dnf >/dev/null; then family=rhel
elif command -v apk >/dev/null; then family=alpine
else family=unknown; fi
# Prints those of some packages that are installed.
installed() {
    # shellcheck disable=SC2016 # They are dpkg's.
    case $family in
        debian) dpkg-query -W -f '${Package} ${db:Status-Status}\n' -- "$@" 2>/dev/null | sed -n 's/ installed$//p' ;;
        rhel) rpm -q --qf '%{NAME}\n' -- "$@" 2>/dev/null | grep -v ' ' ;;
        alpine) apk info -e -- "$@" 2>/dev/null ;;
    esac
    return 0
}
# Prints those that are not.
missing() {
    [ $# -gt 0 ] || return 0
    there=" $(installed "$@" | tr '\n' ' ') "
    for package; do
        case $there in *" $package "*) ;; *) echo "$package" ;; esac
    done
}
