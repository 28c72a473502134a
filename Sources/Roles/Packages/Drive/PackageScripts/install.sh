# shellcheck shell=sh
# Installs those of some packages that are missing, within "$limit" seconds; their services do not start before they
# have their files. Prints their names. Ends with 6 where they cannot be installed.
role=$1 limit=$2
shift 2
. ./engine.sh
. ./families.sh
. ./jobs.sh
lock
mkdir -p "$own" "$work" || exit 1
needed=$(missing "$@")
[ -n "$needed" ] || exit 0
if [ "$family" = unknown ]; then
    echo 'the guest has neither apt, dnf nor apk' >&2
    exit 6
fi
for name in $needed; do
    lists "$own/installed" "$name" || echo "$name" >>"$own/installed" || exit 1
done
printf '%s\n' "$needed" >"$work/needed" || exit 1
{
    echo "family=$family work=$work"
    cat <<'END'
DEBIAN_FRONTEND=noninteractive; NEEDRESTART_SUSPEND=1; export DEBIAN_FRONTEND NEEDRESTART_SUSPEND
policy=/usr/sbin/policy-rc.d
apt() {
    apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
        --no-install-recommends "$@"
}
set --
while read -r name; do set -- "$@" "$name"; done <"$work/needed"
case $family in
    debian)
        # It lets services start again as soon as this has ended, however it does.
        if [ ! -e "$policy" ]; then
            echo $$ >/run/kvmctl-roles/installing
            printf '%s\n' '#!/bin/sh' '# Made by kvmctl while it installs packages.' \
                'read -r pid </run/kvmctl-roles/installing && kill -0 "$pid" || exit 0' 'exit 101' >"$policy.new" &&
                chmod 0755 "$policy.new" && mv -f "$policy.new" "$policy"
        fi
        apt install "$@" && code=0 || { dpkg --configure -a; apt update; apt install "$@"; code=$?; }
        grep -qs '^# Made by kvmctl' "$policy" && rm -f "$policy"
        exit $code ;;
    rhel) dnf -q -y --setopt=install_weak_deps=False install "$@" ;;
    alpine) apk add --no-progress --wait 600 "$@" || { apk update; apk add --no-progress --wait 600 "$@"; } ;;
esac
END
} >"$work/install" || exit 1
job "$work/install" "$limit" /dev/null
code=$?
grep -qs '^# Made by kvmctl' /usr/sbin/policy-rc.d && rm -f /usr/sbin/policy-rc.d
left=$(missing "$@" | tr '\n' ' ')
if [ -n "$left" ]; then
    last_lines
    [ $code != 124 ] || { echo "installing ${left% } took longer than $limit s" >&2; exit 15; }
    echo "the guest has no ${left% }, and it cannot be installed there" >&2
    exit 6
fi
printf '%s\n' "$needed"
