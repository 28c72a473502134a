# shellcheck shell=sh
# Installs those of some packages that are missing, within "$limit" seconds; their services do not start before they
# have their files. Prints their names. Ends with 6 where they cannot be installed, and with 7 where they could not now.
role=$1 limit=$2
shift 2
. ./engine.sh
. ./families.sh
. ./jobs.sh
lock
mkdir -p "$own" "$work" || exit 1
await_job
# What another installation that was cut off has brought is the role's.
if ! settle_packages || ! needed=$(missing "$@"); then
    say_unread
    exit 7
fi
[ -n "$needed" ] || exit 0
if [ "$family" = unknown ]; then
    echo 'the guest has neither apt, dnf nor apk' >&2
    exit 6
fi
# What is there in the end is known afterwards, and until then what may be.
printf '%s\n' "$needed" | put "$own/installing" || exit 1
printf '%s\n' "$needed" >"$work/needed" || exit 1
# What was delivered is all that there is.
delivery=
[ ! -s "$own/delivery/sources.list" ] || delivery=$own/delivery
{
    echo "family=$family work=$work delivery=$delivery"
    cat <<'END'
DEBIAN_FRONTEND=noninteractive; NEEDRESTART_SUSPEND=1; export DEBIAN_FRONTEND NEEDRESTART_SUSPEND
policy=/usr/sbin/policy-rc.d
from=
[ -z "$delivery" ] ||
    from="-o Dir::Etc::SourceList=$delivery/sources.list -o Dir::Etc::SourceParts=$delivery/none
        -o Dir::State::Lists=$delivery/lists -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
        -o Acquire::Languages=none -o APT::Sandbox::User=root"
apt() {
    apt-get $from -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef \
        -o Dpkg::Options::=--force-confold --no-install-recommends "$@"
}
set --
while read -r name; do set -- "$@" "$name"; done <"$work/needed"
# Others have apt's locks at a first boot, and it waits for the one of dpkg alone.
are_locked() {
    for lock in /var/lib/apt/lists/lock /var/cache/apt/archives/lock; do
        [ ! -e "$lock" ] || ! grep -q ":$(stat -c %i "$lock") " /proc/locks || return 0
    done
    return 1
}
# Has apt do something for up to five minutes while that is so, and $1 times where it is not.
patiently() {
    rounds=60 vain=$1
    shift
    until apt "$@"; do
        are_locked || vain=$((vain - 1))
        rounds=$((rounds - 1))
        [ $rounds -gt 0 ] && [ "$vain" -gt 0 ] || return 1
        sleep 5
    done
}
# Whether an installation was cut off, of these packages or others: apt installs nothing beside that.
are_unfinished() {
    dpkg-query -W -f '${db:Status-Status} ${db:Status-Eflag}\n' 2>/dev/null |
        grep -qE '^(unpacked|half-configured|half-installed) | reinstreq$'
}
# What cannot be had though all lists are new can never be: "$work/never" says so. What was delivered was found for the
# guest as it was: another delivery may fit.
case $family in
    debian)
        # It lets services start again as soon as this has ended, however it does.
        if [ ! -e "$policy" ]; then
            echo $$ >/run/kvmctl-roles/installing
            printf '%s\n' '#!/bin/sh' '# Made by kvmctl while it installs packages.' \
                'read -r pid </run/kvmctl-roles/installing && kill -0 "$pid" || exit 0' 'exit 101' >"$policy.new" &&
                chmod 0755 "$policy.new" && mv -f "$policy.new" "$policy"
        fi
        code=0
        if [ -n "$delivery" ] || ! apt install -- "$@"; then
            dpkg --configure -a
            patiently 2 -o APT::Update::Error-Mode=any update && is_new=yes || is_new=
            ! are_unfinished || patiently 1 --no-remove -f install
            if ! patiently 1 install -- "$@"; then
                code=1
                [ -n "$delivery" ] || [ -z "$is_new" ] || are_unfinished || apt -s install -- "$@" >/dev/null ||
                    : >"$work/never"
            fi
        fi
        grep -qs '^# Made by kvmctl' "$policy" && rm -f "$policy"
        [ -z "$delivery" ] || rm -rf "$delivery"
        exit $code ;;
    rhel)
        try() { dnf -q -y --setopt=install_weak_deps=False install "$@"; }
        try "$@" || { dnf -q makecache && is_new=yes || is_new=; try "$@"; } ||
            { [ -z "$is_new" ] || : >"$work/never"; exit 1; } ;;
    alpine)
        try() { apk add --no-progress --wait 600 "$@"; }
        try "$@" || { apk update --wait 600 && is_new=yes || is_new=; try "$@"; } ||
            { [ -z "$is_new" ] || : >"$work/never"; exit 1; } ;;
esac
END
} >"$work/install" || exit 1
rm -f "$work/never"
job "$work/install" "$limit" /dev/null
code=$?
rm -rf "$own/delivery"
grep -qs '^# Made by kvmctl' /usr/sbin/policy-rc.d && rm -f /usr/sbin/policy-rc.d
if ! left=$(missing "$@") || ! settle_packages; then
    last_lines
    say_unread
    exit 7
fi
left=$(printf '%s' "$left" | tr '\n' ' ')
if [ -n "$left" ]; then
    last_lines
    [ $code != 124 ] || { echo "installing ${left% } took longer than $limit s" >&2; exit 15; }
    if [ -e "$work/never" ]; then
        echo "the guest has no ${left% }, and it cannot be installed there" >&2
        exit 6
    fi
    echo "the guest has no ${left% }, and it could not be installed there now" >&2
    exit 7
fi
printf '%s\n' "$needed"
