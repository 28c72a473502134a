# shellcheck shell=sh
# Which block devices and files the node itself uses.

# The devices of mounted file systems, of all file systems of Btrfs, and of swap space, as MAJOR:MINOR in hexadecimal
# digits.
used_devices() {
    {
        sed -n 's|^.* - [^ ]* \(/dev/[^ ]*\) .*|\1|p' /proc/self/mountinfo
        sed -n 's|^\(/dev/[^ ]*\)[[:space:]].*|\1|p' /proc/swaps
        for device in /sys/fs/btrfs/*/devices/*; do [ -e "$device" ] && echo "/dev/${device##*/}"; done
    } | sort -u | while read -r device; do stat -L -c %t:%T -- "$device"; done 2>/dev/null
    # A name such as /dev/root leads nowhere; the number is that of the device, but of Btrfs and the like.
    while read -r _ _ number _; do
        case $number in 0:*) continue ;; esac
        printf '%x:%x\n' "${number%:*}" "${number#*:}"
    done </proc/self/mountinfo
}

# Whether $used has the block device $1 or a partition of it, or another device stands on one of them. Sets "id" to
# MAJOR:MINOR of the device.
is_used() {
    id=$(stat -L -c %t:%T -- "$1") || return 0
    place=/sys/dev/block/$((0x${id%:*})):$((0x${id#*:}))
    for device in "$place" "$place"/*/; do
        [ -f "$device/dev" ] || continue
        for holder in "$device/holders"/*; do [ -e "$holder" ] && return 0; done
        IFS=: read -r major minor <"$device/dev"
        case $newline$used$newline in *"$newline$(printf %x:%x "$major" "$minor")$newline"*) return 0 ;; esac
    done
    return 1
}

# The files that are swap space or that a loop device stands on, as DEVICE:INODE.
used_files() {
    {
        sed -n 's|^\(/[^ ]*\)[[:space:]]*file[[:space:]].*|\1|p' /proc/swaps | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g' |
            while read -r file; do printf '%b\n' "$file"; done
        for file in /sys/block/loop*/loop/backing_file; do [ -f "$file" ] && cat "$file"; done
    } 2>/dev/null | while IFS= read -r file; do stat -L -c %d:%i -- "$file"; done 2>/dev/null
}
