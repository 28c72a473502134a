/// Copies of disks that nothing runs with.
enum DiskScripts {
    /// Copies `$1` to `$2` with its holes, on the backing file `$3` where that is given.
    ///
    /// The copy gets its name when all of it is on the disk. An old file that is written meanwhile, as by a guest that is
    /// started and stopped, ends it: its time of change would differ.
    static let copy = """
        part="$2.part"
        trap 'rm -f -- "$part"' EXIT
        trap 'exit 1' HUP INT TERM PIPE
        rm -f -- "$part" || exit 1
        before=$(stat -c '%s %.9Y' -- "$1") || exit 1
        (umask 077; cp --sparse=always --reflink=auto -- "$1" "$part") || exit 1
        [ -z "$3" ] || qemu-img rebase -u -f qcow2 -b "$3" -F qcow2 -- "$part" >&2 || exit 1
        chown --reference="$1" -- "$part" && chmod --reference="$1" -- "$part" || exit 1
        sync -- "$part" 2>/dev/null || sync
        [ "$(stat -c '%s %.9Y' -- "$1")" = "$before" ] || { echo "$1 was written meanwhile" >&2; exit 1; }
        mv -f -- "$part" "$2"
        """
}
