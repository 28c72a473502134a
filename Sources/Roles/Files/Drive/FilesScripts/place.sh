# shellcheck shell=sh
# Puts a file that came in as NUMBER to its path, in one step.
#
# `told` is `plain` or `secret`. What is there and was not put there is kept, and put back when the file goes. No link is followed:
# neither at the path's end nor on the way to it.
role=$1 number=$2 path=$3 told=$4 mode=$5 owner=$6 size=$7

. ./begin.sh
own=$all/$role
name=$(record "$path")
folder=${path%/*}/
last=${path##*/}
(umask 022 && mkdir -p -- "$folder") || exit 1
cd -P -- "$folder" || exit 1
here=$(pwd -P); here=${here%/}/
if [ "$here" != "$folder" ]; then
    echo "$folder is a link to $here: write the path without links" >&2
    exit 3
fi
if [ -d "./$last" ] && [ ! -L "./$last" ]; then
    echo "$path is a folder" >&2
    exit 3
fi
new=$(mktemp "./.kvmctl.XXXXXXXX") || exit 1
trap 'rm -f -- "$new"' EXIT
trap 'exit 1' HUP INT TERM PIPE
cat "$own/incoming/$number" >"$new" && [ "$(stat -c %s "$new")" = "$size" ] && chown -- "$owner" "$new" && chmod -- "$mode" "$new" || exit 1
if [ ! -f "$own/placed/$name" ] && { [ -e "./$last" ] || [ -L "./$last" ]; }; then
    rm -rf "$own/before/$name.new"
    cp -a -- "./$last" "$own/before/$name.new" && mv -fT "$own/before/$name.new" "$own/before/$name" || exit 1
fi
# The record comes first: what is cut off now is seen as drift.
{ echo "$path"; told "$new" "$told "; echo "$mode"; echo "$owner"; } >"$own/record.new" &&
    mv -fT "$own/record.new" "$own/placed/$name" || exit 1
mv -fT -- "$new" "./$last" || exit 1
trap - EXIT
if command -v restorecon >/dev/null; then restorecon -- "$path" 2>/dev/null; fi
rm -f "$own/incoming/$number"
sync -d -- "./$last" 2>/dev/null
exit 0
