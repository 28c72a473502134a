# shellcheck shell=sh
# Copies "$old" to "$path" with its holes, on the backing file where that is not empty.
#
# The copy gets its name when all of it is on the disk. A copy that outlived the run that asked for it is waited for. An old
# file that is written meanwhile, as by a guest that is started and stopped, ends it: its time of change would differ.
path=$1 old=$2 backing=$3
. ../../Transfer/FileScripts/claim.sh
umask 077
claim
trap 'rm -f -- "$part"' EXIT
trap 'exit 1' HUP INT TERM PIPE
before=$(stat -c '%s %.9Y' -- "$old") || exit 1
cp --sparse=always --reflink=auto -- "$old" /dev/fd/9 || exit 1
# QEMU takes no lock of its own: on GlusterFS and NFS it would be kept out by the one of 9.
[ -z "$backing" ] || qemu-img rebase -u -b "$backing" -F qcow2 --image-opts \
    "driver=qcow2,file.driver=file,file.locking=off,file.filename=$(printf '%s' "$part" | sed 's/,/,,/g')" >&2 || exit 1
chown --reference="$old" /dev/fd/9 && chmod --reference="$old" /dev/fd/9 || exit 1
sync /dev/fd/9 2>/dev/null || sync
[ "$(stat -c '%s %.9Y' -- "$old")" = "$before" ] || { echo "$old was written in the meantime" >&2; exit 1; }
is_ours || { echo "somebody took $part away" >&2; exit 1; }
mv -fT -- "$part" "$path"
