# shellcheck shell=sh
# Says which of these files and block devices the node itself uses, and where links lead. More arguments: the paths.
#
# It gets what all such scripts get, and reads no file.
# shellcheck disable=SC2034 # start.sh gives both to every script.
count=$1 nonce=$2
shift 2
. ./devices.sh
newline='
'
used=$(used_devices)
held=$(used_files)
for path do
    if [ -b "$path" ]; then
        if is_used "$path"; then printf 'busy %s\0' "$path"; fi
    elif [ -f "$path" ]; then
        id=$(stat -L -c %d:%i -- "$path")
        case $newline$held$newline in *"$newline$id$newline"*) printf 'busy %s\0' "$path" ;; esac
    fi
    target=$(readlink -f -- "$path" && echo .) || continue
    printf 'target %s\0%s\0' "$path" "${target%"$newline".}"
done
exit 0
