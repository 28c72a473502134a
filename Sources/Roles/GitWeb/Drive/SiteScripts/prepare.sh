# shellcheck shell=sh
# Makes sure of nginx, git, users and folders; prints the commits that are in the guest.
#
# At first it waits for cloud-init, which may be installing the same packages, or about to wake a firewall.
role=$1
. ./begin.sh
. ../../../Shared/SharedScripts/cloud-init.sh
refs() { git --git-dir="$base/repo.git" for-each-ref --format='%(objectname)' refs/kvmctl; }
if [ -f "$base/private/prepared" ] && [ -x /usr/sbin/nginx ]; then
    rm -f "$base/private/incoming"
    refs && exit 0
fi
awaitCloudInit 600
needs=
[ -x /usr/sbin/nginx ] || needs="$needs nginx"
command -v git >/dev/null || needs="$needs git"
if [ -n "$needs" ]; then
    # A name that somebody in the guest could know before would be a link to a file of root's.
    log=$(mktemp) || exit 1
    trap 'rm -f -- "$log"' EXIT
    if command -v apt-get >/dev/null; then
        DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND
        timeout 120 apt-get -q update >"$log" 2>&1
        # shellcheck disable=SC2086 # A list of packages.
        timeout 400 apt-get -q -y --no-install-recommends install $needs >>"$log" 2>&1
    elif command -v dnf >/dev/null; then
        # shellcheck disable=SC2086 # A list of packages.
        timeout 500 dnf -q -y install $needs >"$log" 2>&1
    fi
    left=
    [ -x /usr/sbin/nginx ] || left="$left nginx"
    command -v git >/dev/null || left="$left git"
    if [ -n "$left" ]; then
        tail -n 5 "$log" >&2
        echo "the guest has no$left, and it cannot be installed there" >&2
        exit 3
    fi
    # The distribution's own server would take port 80.
    case $needs in *nginx*) systemctl disable -q --now nginx.service 2>/dev/null ;; esac
fi
for user in kvmctl-site kvmctl-build; do
    id "$user" >/dev/null 2>&1 || useradd --system --user-group --no-create-home \
        --home-dir /nonexistent --shell /usr/sbin/nologin "$user" || exit 1
done
# shellcheck disable=SC2174 # The folders above are there.
mkdir -p "$base/releases" && mkdir -p -m 0700 "$base/private" && chmod 0755 /var/lib/kvmctl-site "$base" || exit 1
chgrp kvmctl-site "$base/private" && chmod 0750 "$base/private"
[ -f "$base/repo.git/HEAD" ] || git init -q --bare "$base/repo.git" || exit 1
chmod 0700 "$base/repo.git"
# Large files pass through a guest with little memory.
git config --file "$base/repo.git/config" core.bigFileThreshold 2m
git config --file "$base/repo.git/config" pack.threads 1
refs && : >"$base/private/prepared"
