# shellcheck shell=sh
# Which packages a guest has; "$family" says whose they are.

if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then family=debian
elif command -v rpm >/dev/null && command -v dnf >/dev/null; then family=rhel
elif command -v apk >/dev/null; then family=alpine
else family=unknown; fi
# What looks into the record of packages, and is in it in every guest of the family.
case $family in debian) always=dpkg ;; rhel) always=rpm ;; alpine) always=apk-tools ;; *) always= ;; esac
# Prints those of some packages that are installed; fails, and prints nothing, where nobody can tell. A record that
# cannot be read has nothing in it: so what looks into it, which every guest has, is asked for as well.
installed() {
    # shellcheck disable=SC2016 # They are dpkg's.
    case $family in
        debian)
            found=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' -- "$always" "$@" 2>/dev/null)
            # 1 is that one of them is not there.
            [ $? -le 1 ] || return 1
            found=$(printf '%s\n' "$found" | sed -n 's/ installed$//p') ;;
        rhel) found=$(rpm -q --qf '%{NAME}\n' -- "$always" "$@" 2>/dev/null | grep -v ' ') ;;
        alpine) found=$(apk info -e -- "$always" "$@" 2>/dev/null) ;;
        *) return 0 ;;
    esac
    printf '%s\n' "$found" | grep -qxF -e "$always" || return 1
    for package; do
        [ "$package" != "$always" ] || echo "$package"
    done
    printf '%s\n' "$found" | grep -vxF -e "$always"
    return 0
}
# Says that nobody can tell which packages the guest has.
say_unread() { echo "the guest's record of its packages cannot be read: repair it ($always)" >&2; }
# Prints those that are not; fails where nobody can tell.
missing() {
    [ $# -gt 0 ] || return 0
    there=$(installed "$@") || return 1
    there=" $(printf '%s' "$there" | tr '\n' ' ') "
    for package; do
        case $there in *" $package "*) ;; *) echo "$package" ;; esac
    done
}
# What is about to be installed is in "$own/installing": of that, the role has brought what is there by now, and nothing
# else. Fails where nobody can tell.
settle_packages() {
    [ -s "$own/installing" ] || return 0
    # shellcheck disable=SC2046 # A list of packages.
    brought=$(installed $(cat "$own/installing")) || return 1
    for package in $brought; do
        lists "$own/installed" "$package" || add_to "$own/installed" "$package" || return 1
    done
    rm -f "$own/installing"
}
