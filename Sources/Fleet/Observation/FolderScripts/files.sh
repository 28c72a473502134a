# shellcheck shell=sh
# Looks at files, and reads the first "$count" bytes of each unless that is 0. More arguments: the files.
#
# Only files are opened: a device or a pipe would answer, or wait, or be set off.
count=$1 nonce=$2
shift 2
newline='
'
. ./devices.sh
find "$@" -maxdepth 0 -xtype f -exec stat -L --printf 'file %s %b %d:%i %n\0' -- {} + 2>/dev/null
find "$@" -maxdepth 0 ! -xtype f ! -xtype b -printf 'other %p\0' 2>/dev/null
used=
for path do
    [ -b "$path" ] || continue
    [ -n "$used" ] || used=$(used_devices)
    if is_used "$path"; then kind=busy; else kind=block; fi
    printf '%s %s %s\0' "$kind" "$id" "$path"
done
printf 'count %s\0contents\0' "$count"
if [ "$count" -gt 0 ]; then
    for path do
        shift
        case $path in *"$newline"*) continue ;; esac
        [ -f "$path" ] && set -- "$@" "${path%/*}/$nonce${path##*/}"
    done
    echo
    [ $# -eq 0 ] || head -v -c "$count" -- "$@" 2>/dev/null
fi
printf '\n==> %s <==\n' "$nonce"
exit 0
