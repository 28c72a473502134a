# shellcheck shell=sh
# What all of them use.

umask 077
LC_ALL=C; HOME=/root; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL HOME PATH
all=/var/lib/kvmctl/roles
# shellcheck disable=SC2034 # Not every script uses them.
own=$all/${role:-}
# In memory, for what must not outlive a reboot.
# shellcheck disable=SC2034 # The same.
work=/run/kvmctl-roles/${role:-}
# shellcheck disable=SC2034 # The same.
if [ -d /run/systemd/system ]; then manager=systemd
elif command -v rc-service >/dev/null; then manager=openrc
else manager=none; fi
# All waits for others together end at that second of the guest's life: whoever runs a script waits no longer either.
read -r clock rest </proc/uptime
patience_end=$((${clock%.*} + 900))
# How many seconds of it are left.
patience() {
    read -r clock rest </proc/uptime
    echo $((patience_end - ${clock%.*}))
}
# Waits a second; fails where there is no patience left.
wait_on() {
    # shellcheck disable=SC2034 # Named for who reads this.
    read -r clock rest </proc/uptime
    [ "${clock%.*}" -lt "$patience_end" ] || return 1
    sleep 1
}
# Waits until no other script is at work in this guest. What goes on when it ends must not hold the lock: 9>&-.
lock() {
    exec 9>/run/kvmctl-roles.lock || exit 1
    until flock -n 9; do
        wait_on || { echo 'another run of kvmctl is at work in the guest' >&2; exit 10; }
    done
    # What a removal that was cut off had left to do.
    rm -rf "$all/.gone"
}
# Whether what a killed run started is still at work.
still_runs() {
    if [ "$manager" = systemd ]; then systemctl is-active --quiet "kvmctl-role-$role.service"
    else [ -s "$work/started" ] && kill -0 "$(cat "$work/started")" 2>/dev/null; fi
}
# Waits until that has ended: nothing is done beside it.
await_job() {
    while still_runs; do
        wait_on || { echo 'what an earlier run started is still at work in the guest' >&2; exit 10; }
    done
}
# Puts standard input into the file $1, whole or not at all.
put() {
    cat >"$1.new" || return 1
    sync "$1.new" 2>/dev/null
    mv -fT -- "$1.new" "$1"
}
# Adds the line $2 to the list $1, whole or not at all.
add_to() { { [ ! -s "$1" ] || cat "$1"; echo "$2"; } | put "$1"; }
# Adds the lines of the lists that follow to the list $1, each once.
add_all() {
    sum=$1
    for list; do [ ! -s "$list" ] || cat "$list"; done | awk '!had[$0]++' | put "$sum"
}
# Whether the list $1 has the line $2.
lists() { [ -s "$1" ] && grep -qxF -e "$2" -- "$1"; }
digest() { sha256sum | cut -c1-64; }
# A digest of a digest that tells nobody who has not the salt what was there.
salted() { printf '%s\n%s' "$(cat "$all/.salt")" "$1" | digest; }
