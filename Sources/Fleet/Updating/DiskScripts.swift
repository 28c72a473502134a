/// Copies of disks that nothing runs with.
enum DiskScripts {
    /// Copies `$2` to `$1` with its holes, on the backing file `$3` where that is given.
    ///
    /// The copy gets its name when all of it is on the disk. A copy that outlived the run that asked for it is waited
    /// for. An old file that is written meanwhile, as by a guest that is started and stopped, ends it: its time of change
    /// would differ.
    static let copy =
        "umask 077\n" + FileScripts.claim + """

            trap 'rm -f -- "$part"' EXIT
            trap 'exit 1' HUP INT TERM PIPE
            before=$(stat -c '%s %.9Y' -- "$2") || exit 1
            cp --sparse=always --reflink=auto -- "$2" /dev/fd/9 || exit 1
            [ -z "$3" ] || qemu-img rebase -u -f qcow2 -b "$3" -F qcow2 -- "$part" >&2 || exit 1
            chown --reference="$2" /dev/fd/9 && chmod --reference="$2" /dev/fd/9 || exit 1
            sync /dev/fd/9 2>/dev/null || sync
            [ "$(stat -c '%s %.9Y' -- "$2")" = "$before" ] || { echo "$2 was written meanwhile" >&2; exit 1; }
            is_ours || { echo "somebody took $part away" >&2; exit 1; }
            mv -fT -- "$part" "$1"
            """
}
