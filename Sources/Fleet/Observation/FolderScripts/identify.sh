# shellcheck shell=sh
# Writes a text into a folder, unless it has what tells it apart already, and prints what is there then.
#
# The text is random; where two nodes that share the folder write it at once, the first one's stays for both: a link is not made
# over a file that is there. Only an empty file, and a file system without links, take it by a new name.
path=$1 text=$2
folder=$path/.kvmctl
[ -d "$path/" ] || { echo "there is no folder $path" >&2; exit 1; }
umask 022
mkdir -p -- "$folder" || exit 1
if [ ! -s "$folder/id" ]; then
    part=$(mktemp -- "$folder/id.XXXXXX") || exit 1
    # shellcheck disable=SC2015 # Whichever of these fails, the file goes.
    echo "$text" >"$part" && chmod 0644 -- "$part" && { sync -- "$part" 2>/dev/null || sync; } && {
        ln -T -- "$part" "$folder/id" 2>/dev/null || [ -s "$folder/id" ] || mv -fT -- "$part" "$folder/id"
    } || { rm -f -- "$part"; exit 1; }
    rm -f -- "$part"
fi
{ read -r id || [ -n "$id" ]; } <"$folder/id" && echo "$id"
