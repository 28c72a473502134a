# shellcheck shell=sh
# What scripts for the website "$role" begin with: run in a guest, as root; every Linux with systemd.
# Each may be cut off anywhere and run again.

umask 022
LC_ALL=C; HOME=/root; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH HOME
base=/var/lib/kvmctl-site/$role
# shellcheck disable=SC2034 # Not every script has to do with the server.
unit=kvmctl-site-$role.service
# What tells that this release is served and not something else on the port: the server gives it to who knows where to ask.
seal() {
    seal=$(printf '%s' "${1##*/}" | sha256sum | cut -c1-64)
    # Going back must not need room on the disk.
    if [ -f "$base/$1/.kvmctl" ] && [ ! -L "$base/$1/.kvmctl" ] && [ "$(cat "$base/$1/.kvmctl")" = "$seal" ]; then return; fi
    [ ! -d "$base/$1/.kvmctl" ] || [ -L "$base/$1/.kvmctl" ] || rm -rf "$base/$1/.kvmctl"
    rm -rf "$base/seal.new"
    echo "$seal" >"$base/seal.new" && mv -fT "$base/seal.new" "$base/$1/.kvmctl"
}
# The link is the owner's of what it leads to: nginx follows no other.
point() {
    seal "$1" || return 1
    ln -sfn "$1" "$base/current.new" && chown -h kvmctl-build:kvmctl-build "$base/current.new" &&
        mv -T "$base/current.new" "$base/current"
}
