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
deep=$folder
while [ ! -e "$deep" ]; do deep=${deep%/*/}/; done
cd -P -- "$deep" || exit 1
here=$(pwd -P); here=${here%/}/
if [ "$here" != "$deep" ]; then
    echo "$deep is a link to $here: write the path without links" >&2
    exit 3
fi
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
enter_private
# A user without a group has the group of their login.
case $owner in *:*) whom=$owner ;; *) whom=$owner: ;; esac
cat "$own/incoming/$number" >new && [ "$(stat -c %s new)" = "$size" ] && chown -- "$whom" new && chmod -- "$mode" new || exit 1
# A file that another role put there, which does not want it any more, is taken over with what it took the place of.
taken=
for other in "$all"/*/; do
    other=${other%/}
    [ "$other" = "$own" ] || [ ! -f "$other/placed/$name" ] || taken=$other
done
if [ -f "$own/placed/$name" ]; then :
elif [ -n "$taken" ]; then
    if [ -e "$taken/before/$name" ] || [ -L "$taken/before/$name" ]; then
        rm -rf "$own/before/$name"
        mv -fT "$taken/before/$name" "$own/before/$name" || exit 1
    fi
elif [ -e "../$last" ] || [ -L "../$last" ]; then
    rm -rf "$own/before/$name.new"
    cp -a -- "../$last" "$own/before/$name.new" && mv -fT "$own/before/$name.new" "$own/before/$name" || exit 1
fi
# The record comes first: what is cut off now is seen as drift.
{ echo "$path"; told new "$told "; echo "$mode"; echo "$owner"; stat -c %U:%G new; } >"$own/record.new" &&
    mv -fT "$own/record.new" "$own/placed/$name" || exit 1
[ -z "$taken" ] || rm -f "$taken/placed/$name"
mv -fT -- new "../$last" || exit 1
leave_private
if command -v restorecon >/dev/null; then restorecon -- "$path" 2>/dev/null; fi
rm -f "$own/incoming/$number"
sync -d -- "./$last" 2>/dev/null
exit 0
