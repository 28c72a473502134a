# shellcheck shell=sh
# Sees that mounting a device at a folder hides nothing; says what it would hide, and fails.
#
# What the device itself is mounted at is fine: libvirt then takes it as it is. A device that is not there is libvirt's to tell.
folder=$1 device=$2
. ./mounts.sh
[ -d "$folder/" ] || exit 0
is_mounted "$folder"
mounted=$?
[ "$mounted" -lt 2 ] || { echo "the kernel does not tell what is mounted at $folder" >&2; exit 1; }
if [ "$mounted" = 0 ]; then
    here=$(stat -L -c %d -- "$folder/") || exit 1
    numbers=$(stat -L -c '%t %T' -- "$device") || exit 0
    major=$((0x${numbers% *})) minor=$((0x${numbers#* }))
    # As the C library puts a device's two numbers into one, for majors below 4096.
    [ "$here" = $((major * 256 + minor % 256 + (minor - minor % 256) * 4096)) ] && exit 0
    echo "another file system than that of $device is mounted at $folder" >&2
    exit 1
fi
others=$(find "$folder/" -mindepth 1 -maxdepth 1 ! -name lost+found) || exit 1
[ -z "$others" ] && exit 0
others=${others##*/}
echo "$folder contains $others, which the file system of ${device:-the pool} would hide" >&2
exit 1
