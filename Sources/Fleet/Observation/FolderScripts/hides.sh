# shellcheck shell=sh
# Sees that mounting a device, or the export of a server, at a folder hides nothing; says what it would hide, and fails. A folder that
# is not there is made.
#
# What the device itself is mounted at is fine: libvirt then takes it as it is. A device that is not there is libvirt's to tell.
folder=$1 device=$2
. ./mounts.sh
[ -d "$folder/" ] || { mkdir -p -- "$folder" || exit 1; exit 0; }
is_mounted "$folder"
mounted=$?
[ "$mounted" -lt 2 ] || { echo "the kernel does not tell what is mounted at $folder" >&2; exit 1; }
if [ "$mounted" = 0 ]; then
    case $device in
        /*) ;;
        '') exit 0 ;;
        *)
            read_mount "$folder/"
            at=$(sed -n "s/^$number .* - [^ ]* \([^ ]*\) [^ ]*\$/\1/p" /proc/self/mountinfo | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')
            at=$(printf '%b' "$at")
            [ "$at" != "$device" ] || exit 0
            echo "$at is mounted at $folder, not $device" >&2
            exit 1 ;;
    esac
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
