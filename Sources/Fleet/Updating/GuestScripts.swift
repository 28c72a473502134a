/// What a guest's agent is asked to run, for the POSIX shell of any Linux.
enum GuestScripts {
    /// Has the kernel use memory modules that were plugged in, in a way that lets them be unplugged again; fails where it
    /// has less than `$3` bytes in use in the end.
    ///
    /// `$1` is where the kernel shows its blocks of memory. A kernel sees a module some moments after it was plugged in:
    /// `$2` half seconds are waited for one. Some distributions take it in by a rule of udev's, others by themselves.
    static let onlineMemory = """
        folder=$1 tries=$2 wanted=$3
        [ "$(cat "$folder/auto_online_blocks" 2>/dev/null)" = offline ] || exit 0
        size=$((0x$(cat "$folder/block_size_bytes"))) || exit 1
        while :; do
            online=0 failed=
            for state in "$folder"/memory*/state; do
                [ -e "$state" ] || continue
                if [ "$(cat "$state")" = offline ]; then
                    { echo online_movable >"$state"; } 2>/dev/null || { echo online >"$state"; } 2>/dev/null
                    if [ "$(cat "$state")" = offline ]; then
                        failed=${state%/state}
                        continue
                    fi
                fi
                online=$((online + size))
            done
            [ "$online" -ge "$wanted" ] && exit 0
            [ "$tries" -gt 0 ] || break
            tries=$((tries - 1))
            sleep 0.5
        done
        echo "it uses $((online >> 20)) MiB of $((wanted >> 20))${failed:+, and ${failed##*/} stays offline}" >&2
        exit 1
        """

    /// Grows the partition and file system on the disk `$1`: `root`, or a data disk by its serial number.
    ///
    /// What has no file system, or one that is not mounted, is left to whoever mounts it.
    static let growFileSystem = """
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
        if [ "$1" = root ]; then
            device=$(findmnt -nvo SOURCE /) || exit 1
        else
            link="/dev/disk/by-id/virtio-$(printf %s "$1" | cut -c1-20)"
            for try in 1 2 3 4 5; do [ -e "$link" ] && break; sleep 1; done
            device=$(readlink -f "$link") || exit 1
            parts=$(lsblk -nlpo NAME,TYPE "$device" | awk '$2 == "part" {print $1}')
            [ -n "$parts" ] && device=$(printf '%s\\n' "$parts" | tail -n 1)
        fi
        name=${device##*/}
        if [ -e "/sys/class/block/$name/partition" ]; then
            number=$(cat "/sys/class/block/$name/partition")
            disk=/dev/$(basename "$(dirname "$(readlink -f "/sys/class/block/$name")")")
            if command -v growpart >/dev/null; then
                said=$(growpart "$disk" "$number" 2>&1); code=$?
                case $code:$said in 0:*|*NOCHANGE*) ;; *) echo "$said" >&2; exit 1;; esac
            else
                echo ', +' | sfdisk -q --no-reread -N"$number" "$disk" || exit 1
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
        """

    /// Gives the NIC with the MAC `$1` the address `$2` (with its prefix, or `dhcp`) and the gateway `$3`, if any.
    static let configureNIC = """
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
        nic=
        for try in 1 2 3 4 5 6 7 8 9 10; do
            for folder in /sys/class/net/*; do
                [ "$(cat "$folder/address" 2>/dev/null)" = "$1" ] && nic=${folder##*/}
            done
            [ -n "$nic" ] && break
            sleep 1
        done
        [ -n "$nic" ] || { echo "it has no NIC with the MAC $1" >&2; exit 1; }
        ip link set "$nic" up || exit 1
        if [ "$2" = dhcp ]; then
            ip -4 address flush dev "$nic"
            if command -v dhclient >/dev/null; then dhclient -1 "$nic"; exit; fi
            if command -v networkctl >/dev/null; then networkctl renew "$nic" 2>/dev/null; fi
            exit 0
        fi
        for old in $(ip -4 -o address show dev "$nic" | awk '{print $4}'); do
            [ "$old" = "$2" ] || ip address del "$old" dev "$nic"
        done
        ip -4 -o address show dev "$nic" | grep -q " $2 " || ip address add "$2" dev "$nic" || exit 1
        # A way out through another NIC stays.
        [ -z "$3" ] || ip route show default | grep -qv " dev $nic " || ip route replace default via "$3" dev "$nic"
        """
}
