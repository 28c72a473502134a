# shellcheck shell=sh
# Grows the partition and file system on a disk: root, or a data disk by its serial number.
#
# What has no file system, or one that is not mounted, is left to whoever mounts it.
disk=$1
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
if [ "$disk" = root ]; then
    device=$(findmnt -nvo SOURCE /) || exit 1
else
    serial=$(printf %s "$disk" | cut -c1-20) link=
    for _ in 1 2 3 4 5; do
        for link in "/dev/disk/by-id/virtio-$serial" /dev/disk/by-id/scsi-*_"$serial" /dev/disk/by-id/ata-*_"$serial"; do
            [ -e "$link" ] && break 2
        done
        sleep 1
    done
    device=$(readlink -f "$link") || exit 1
    parts=$(lsblk -nlpo NAME,TYPE "$device" | awk '$2 == "part" {print $1}')
    [ -n "$parts" ] && device=$(printf '%s\n' "$parts" | tail -n 1)
fi
name=${device##*/}
if [ -e "/sys/class/block/$name/partition" ]; then
    number=$(cat "/sys/class/block/$name/partition")
    whole=/dev/$(basename "$(dirname "$(readlink -f "/sys/class/block/$name")")")
    if command -v growpart >/dev/null; then
        said=$(growpart "$whole" "$number" 2>&1); code=$?
        case $code:$said in 0:*|*NOCHANGE*) ;; *) echo "$said" >&2; exit 1;; esac
    else
        echo ', +' | sfdisk -q --no-reread -N"$number" "$whole" || exit 1
        partx -u "$device"
    fi
fi
target=$(findmnt -nro TARGET -S "$device" | head -n 1)
[ -n "$target" ] || exit 0
case $(findmnt -nro FSTYPE -S "$device" | head -n 1) in
    ext2|ext3|ext4) resize2fs "$device" ;;
    xfs) xfs_growfs "$target" ;;
    btrfs) btrfs filesystem resize max "$target" ;;
    *) echo "its file system cannot be grown while it is mounted" >&2; exit 1 ;;
esac
