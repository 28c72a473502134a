# shellcheck shell=sh
# Takes the present commit for one that answers, and removes all but "$keep", those last used staying.
#
# Ends with 9, having changed nothing, where the unit does not run.
role=$1 keep=$2
. ./begin.sh
. ./running.sh
. ./forget-keys.sh
rm -f "$base/unproven" "$base"/before.*
forgetKeys
current=$(readlink "$base/current"); current=${current##*/}
number=0
# shellcheck disable=SC2045 # Sorted by time, and named after commits.
for name in $(ls -1t "$base/releases"); do
    number=$((number + 1))
    [ "$name" = "$current" ] && continue
    [ "$number" -gt "$keep" ] || continue
    rm -rf "$base/releases/$name"
done
rm -rf "$base/making"
