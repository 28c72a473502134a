# shellcheck shell=sh
# Deletes a snapshot in a file that nobody uses, if it is there.
path=$1 snapshot=$2
set -e
[ -e "$path" ] || exit 0
list=$(qemu-img snapshot -l "$path")
case "$list" in
    *" $snapshot "*) qemu-img snapshot -d "$snapshot" "$path" ;;
esac
