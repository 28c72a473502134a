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
. ./others.sh
. ./back.sh
. ./payload.sh
. ./attempts.sh
. ./staging.sh
. ./choosing.sh
. ./starting.sh
lock
take "$from"
target=$(sed -n 's/^target //p' "$work/header")
if grep -qx begin "$work/header"; then begin_attempt
else resume_attempt "$target" "$(sed -n 's/^attempt //p' "$work/header")"; fi
now=$own/at/$attempt
look_at_others
refused=
stage_all
choose_files
keep_before "$work/changing" "$work/staying"
# From here on there is something to go back from.
reach placing
note_leaving "$now/services"
take_down "$work/leaving"
[ -z "$refused" ] || exit 5
change_files
record_files || exit 1
reread "$own/before/changed"
bring_up "$work/leaving" "$own/before/changed" "$own/current/watched"
[ -z "$refused" ] || exit 5
put_services
put_ports
reach placed
[ ! -s "$own/before/changed" ] || sed 's/^/changed /' "$own/before/changed"
exit 0
