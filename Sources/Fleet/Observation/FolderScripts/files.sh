# shellcheck shell=sh
# Looks at files, and reads the first "$count" bytes of each unless that is 0. More arguments: the files.
#
# Only files are opened: a device or a pipe would answer, or wait, or be set off.
count=$1 nonce=$2
shift 2
newline='
'
find "$@" -maxdepth 0 -xtype f -exec stat -L --printf 'file %s %b %d:%i %n\0' -- {} + 2>/dev/null
find "$@" -maxdepth 0 ! -xtype f ! -xtype b -printf 'other %p\0' 2>/dev/null
find "$@" -maxdepth 0 -xtype b -exec stat -L --printf 'block %t:%T %n\0' -- {} + 2>/dev/null
for path do
    [ -b "$path" ] || continue
    # Names that are the same on every node; others may be this node's own.
    cd /dev/disk/by-id/ 2>/dev/null &&
        stat -L --printf 'named %t:%T %n\0' -- wwn-* scsi-[23]* nvme-eui.* nvme-uuid.* dm-uuid-mpath-* 2>/dev/null
    break
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
