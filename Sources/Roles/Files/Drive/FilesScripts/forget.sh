# shellcheck shell=sh
# Prints the paths of what a role put there, one a line; with nothing left, its folder goes.
role=$1

. ./begin.sh
own=$all/$role
sweep
left=0
for file in "$own/placed"/*; do
    [ -f "$file" ] || continue
    sed -n 1p "$file"
    left=1
done
[ $left = 1 ] || rm -rf "$own"
exit 0
