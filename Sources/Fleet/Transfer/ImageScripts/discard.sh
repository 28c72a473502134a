# shellcheck shell=sh
# Deletes what a sending left that did not come to its end; prints "busy" where somebody writes there, and "absent" where
# there is nothing.
path=$1
part=$path.part
if [ -f "$part" ] && [ ! -L "$part" ]; then
    exec 9>>"$part"
    flock -n 9 || { echo busy; exit 0; }
elif [ ! -e "$path.unpacked" ] && [ ! -e "$path.made" ]; then
    echo absent
fi
rm -f -- "$part" "$path.unpacked" "$path.made"
