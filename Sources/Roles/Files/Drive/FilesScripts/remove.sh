# shellcheck shell=sh
# Takes a file away that was put there, and puts back what it took the place of; prints `left` where somebody edited it.
role=$1 path=$2

. ./begin.sh
own=$all/$role
sweep
name=$(record "$path")
[ -f "$own/placed/$name" ] || exit 0
folder=${path%/*}/
last=${path##*/}
if cd -P -- "$folder" 2>/dev/null; then
    here=$(pwd -P); here=${here%/}/
    was=$(sed -n 2p "$own/placed/$name")
    if [ "$here" != "$folder" ] || [ -L "./$last" ] || { [ -e "./$last" ] && [ ! -f "./$last" ]; }; then
        echo left
    elif [ -f "./$last" ] && [ "$(told "./$last" "$was")" != "$was" ]; then
        echo left
    elif [ -e "$own/before/$name" ] || [ -L "$own/before/$name" ]; then
        enter_private
        cp -a -- "$own/before/$name" new && mv -fT -- new "../$last" || exit 1
        leave_private
    elif [ -f "./$last" ]; then
        rm -f -- "./$last" || exit 1
    fi
fi
rm -f "$own/placed/$name" && rm -rf "$own/before/$name"
