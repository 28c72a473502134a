# shellcheck shell=sh
# Runs a script of the attempt's package, such as apply, within "$limit" seconds. Arguments: the outputs that it has
# to give.
#
# It gets the inputs as JSON, and each as a file in the folder "$KVMCTL_INPUTS"; it writes outputs to its descriptor
# 3, a line NAME=VALUE each. Ends with 4 where it fails, with 12 where an output is missing; what it said last is
# told.
role=$1 hook=$2 limit=$3
shift 3
. ./engine.sh
. ./jobs.sh
lock
if [ ! -s "$own/trying" ] || [ ! -s "$work/live" ]; then
    echo 'the guest is in no attempt' >&2
    exit 11
fi
read -r attempt rest <"$own/trying"
KVMCTL_INPUTS=$work/inputs; export KVMCTL_INPUTS
job_variables "$own/at/$attempt"
job "$own/at/$attempt/package/$hook" "$limit" "$work/live"
code=$?
case $code in
    0) ;;
    124) last_lines; echo "$hook took longer than $limit s" >&2; exit 15 ;;
    *) last_lines; echo "$hook ended with status $code" >&2; exit 4 ;;
esac
for output; do
    line=$(grep "^$output=" "$work/said" 2>/dev/null | tail -n 1)
    [ -n "$line" ] || { last_lines; echo "$hook did not write the output $output" >&2; exit 12; }
    [ ${#line} -le 8300 ] || { echo "the output $output is longer than 8 KiB" >&2; exit 12; }
done
exit 0
