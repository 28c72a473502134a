/// Small files written whole or not at all, readable by root alone.
///
/// The bytes go to `PATH.part`, whose lock one writer has at a time, and get their name only when all are on the disk. A
/// shell that a signal ends does not run its EXIT trap, so the signals are made to exit; what a node that lost power left
/// in the `.part` is written over, and goes with the file when that is deleted.
enum FileScripts {
    /// Takes a file of `$2` bytes from standard input; prints `present` and does nothing where it is there.
    ///
    /// The count tells a link that broke from a file that ended.
    static let writeOnce =
        "umask 077\n" + claim + """

            [ -e "$1" ] && { rm -f -- "$part"; echo present; exit 0; }
            """ + take

    /// Takes a file of `$2` bytes from standard input and puts it in the place of the one that is there.
    static let replace = "umask 077\nmkdir -p \"${1%/*}\" || exit 1\n" + claim + take

    /// Deletes a file with what a write that was cut short left of it; prints `absent` where there was none.
    static let remove = """
        [ -e "$1" ] || echo absent
        rm -f -- "$1" "$1.part"
        """

    /// Opens `$1.part` as 9 and waits until nobody else writes it; what is there after the wait may be another file by then.
    ///
    /// A link of that name is taken away: who may put one there must not choose which file root writes. From then on the file is
    /// written and read through what was opened, `/dev/fd/9`, whatever becomes of its name.
    static let claim = """
        part="$1.part"
        is_ours() { [ "$(stat -L -c %d:%i /dev/fd/9)" = "$(stat -c %d:%i -- "$part" 2>/dev/null)" ]; }
        while :; do
            [ ! -L "$part" ] || rm -f -- "$part" || exit 1
            [ ! -e "$part" ] || [ -f "$part" ] || { echo "$part is no file" >&2; exit 1; }
            exec 9>>"$part" || exit 1
            flock 9 || exit 1
            is_ours && break
        done
        """

    private static let take = """

        trap 'rm -f -- "$part"' EXIT
        trap 'exit 1' HUP INT TERM PIPE
        cat >/dev/fd/9 || exit 1
        [ "$(stat -L -c %s /dev/fd/9)" = "$2" ] || { echo 'not everything arrived' >&2; exit 1; }
        sync /dev/fd/9 2>/dev/null || sync
        is_ours || { echo "somebody took $part away" >&2; exit 1; }
        mv -fT -- "$part" "$1"
        """
}
