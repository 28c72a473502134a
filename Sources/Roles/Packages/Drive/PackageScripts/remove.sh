# shellcheck shell=sh
# Takes the role away with all that came with it, its own script of at most "$limit" seconds first; the records go
# last. Prints what stays.
role=$1 limit=$2
. ./engine.sh
. ./families.sh
. ./units.sh
. ./ports.sh
. ./places.sh
. ./back.sh
. ./jobs.sh
. ./clearing.sh
lock
[ -d "$own" ] || exit 0
await_job
mkdir -p "$work" "$own/private" || exit 1
sweep
settle
if [ -s "$own/trying" ]; then
    go_back
    forget_attempt
fi
run_remove
remove_services
if [ -s "$own/opened" ]; then
    cp "$own/opened" "$work/opened" || exit 1
    while read -r port; do shut_port "$port"; done <"$work/opened"
fi
remove_files
remove_packages
rm -rf "$work"
# The folder has another name before it goes, so that no half of it is taken for a role.
rm -rf "$all/.gone" && mv -fT "$own" "$all/.gone" && rm -rf "$all/.gone"
