# shellcheck shell=sh
# Puts what is wanted to its place: files, services and ports. What came in is standard input or, where "$from" is
# file, what was written before; where it has a line "begin", the attempt begins here.
#
# All files are made and checked before the first takes its place. Prints what changed, and each service that was
# started again.
role=$1 from=$2
. ./engine.sh
. ./families.sh
. ./units.sh
. ./ports.sh
. ./places.sh
. ./back.sh
. ./payload.sh
. ./attempts.sh
. ./staging.sh
. ./starting.sh
lock
take "$from"
target=$(sed -n 's/^target //p' "$work/header")
if grep -qx begin "$work/header"; then begin_attempt
else resume_attempt "$target" "$(sed -n 's/^attempt //p' "$work/header")"; fi
now=$own/at/$attempt
stage_all
# From here on there is something to go back from.
reach placing
if [ -s "$own/current/files" ]; then
    while read -r path kind hash rest; do
        lists "$work/names" "$path" || lists "$own/before/changed" "$path" || leave "$path" "$kind" "$hash"
    done <"$own/current/files"
fi
while read -r word kind path; do
    if [ "$word" = absent ]; then
        is_any "$path" || continue
        will_change "$path"
        drop_file "$path" || exit 1
    elif ! is_there "$now/staged$path" "$path"; then
        will_change "$path"
        put_file "$now/staged$path" "$path" new || exit
    elif ! is_recorded "$path"; then keep_before "$path"; fi
done <"$work/paths"
record_files || exit 1
reread "$own/before/changed"
put_services
put_ports
reach placed
[ ! -s "$own/before/changed" ] || sed 's/^/changed /' "$own/before/changed"
exit 0
