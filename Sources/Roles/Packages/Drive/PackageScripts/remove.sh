# shellcheck shell=sh
# Takes the role away with all that came with it, its own script of at most "$limit" seconds first; the records go
# last. Prints what stays.
role=$1 limit=$2
. ./engine.sh
. ./families.sh
. ./units.sh
. ./ports.sh
. ./places.sh
. ./others.sh
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
look_at_others
refused=
note_leaving /dev/null
take_down "$work/leaving"
[ -z "$refused" ] || exit 5
shut_ports /dev/null || exit 1
remove_files
[ ! -e "$work/gone" ] || reread "$work/gone"
bring_up "$work/leaving" "$work/gone" "$own/current/watched"
remove_packages
sync
keep_number || exit 1
rm -rf "$work"
# The folder has another name before it goes, so that no half of it is taken for a role.
rm -rf "$all/.gone" && mv -fT "$own" "$all/.gone" && rm -rf "$all/.gone" || exit 1
if [ -n "$refused" ]; then
    echo "the role is gone, but not running as before:$refused" >&2
    exit 5
fi
