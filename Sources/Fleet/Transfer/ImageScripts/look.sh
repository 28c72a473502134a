# shellcheck shell=sh
# Prints "present" where the image is there, and takes away what its making left; where it is not, prints "part SIZE SHA256" of
# what a sending left that was cut off, if "begun" is "hashed".
path=$1 begun=$2
. ./digest-of.sh
part=$path.part
claimed=no
if [ -f "$part" ] && [ ! -L "$part" ]; then
    exec 9>>"$part"
    # Somebody else may be writing it.
    if flock -n 9; then claimed=yes; fi
fi
if [ -e "$path" ]; then
    [ "$claimed" = no ] || rm -f -- "$part" "$path.unpacked" "$path.made"
    echo present
elif [ "$claimed" = yes ] && [ "$begun" = hashed ] && [ -s "$part" ]; then
    sum=$(digestOf sha256 </dev/fd/9) && echo "part $(stat -L -c %s /dev/fd/9) ${sum%% *}"
fi
exit 0
