# shellcheck shell=sh
# Has the kernel use memory modules that were plugged in, in a way that lets them be unplugged again; fails where it has less
# than "$wanted" bytes in use in the end.
#
# folder: where the kernel shows its blocks of memory. A kernel sees a module some moments after it was plugged in: for so
# many tries, half a second each, one is waited for. Some distributions take it in by a rule of udev's, others by themselves.
folder=$1 tries=$2 wanted=$3
[ "$(cat "$folder/auto_online_blocks" 2>/dev/null)" = offline ] || exit 0
size=$((0x$(cat "$folder/block_size_bytes"))) || exit 1
while :; do
    online=0 failed=
    for state in "$folder"/memory*/state; do
        [ -e "$state" ] || continue
        if [ "$(cat "$state")" = offline ]; then
            { echo online_movable >"$state"; } 2>/dev/null || { echo online >"$state"; } 2>/dev/null
            if [ "$(cat "$state")" = offline ]; then
                failed=${state%/state}
                continue
            fi
        fi
        online=$((online + size))
    done
    [ "$online" -ge "$wanted" ] && exit 0
    [ "$tries" -gt 0 ] || break
    tries=$((tries - 1))
    sleep 0.5
done
echo "it uses $((online >> 20)) MiB of $((wanted >> 20))${failed:+, and ${failed##*/} stays offline}" >&2
exit 1
