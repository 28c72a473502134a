/// Small files written whole or not at all, readable by root alone.
///
/// A shell that a signal ends does not run its EXIT trap, so the signals are made to exit.
enum FileScripts {
    /// Prints `present` where the file is there.
    static let look = "[ -e \"$1\" ] && echo present; exit 0"

    /// Takes a file of `$2` bytes from standard input, unless it is there by the time all has arrived.
    ///
    /// The count tells a link that broke from a file that ended.
    static let writeOnce = """
        umask 077
        new=$(mktemp "$1.XXXXXX") || exit 1
        trap 'rm -f -- "$new"' EXIT
        trap 'exit 1' HUP INT TERM PIPE
        cat >"$new" || exit 1
        [ "$(stat -c %s -- "$new")" = "$2" ] || { echo 'not everything arrived' >&2; exit 1; }
        sync -- "$new" 2>/dev/null
        if ln -- "$new" "$1" 2>/dev/null; then echo done; elif [ -e "$1" ]; then echo present; else mv -- "$new" "$1"; fi
        """

    /// Takes a file of `$2` bytes from standard input and puts it in the place of the one that is there.
    static let replace = """
        umask 077
        mkdir -p "${1%/*}" || exit 1
        new=$(mktemp "$1.XXXXXX") || exit 1
        trap 'rm -f -- "$new"' EXIT
        trap 'exit 1' HUP INT TERM PIPE
        cat >"$new" || exit 1
        [ "$(stat -c %s -- "$new")" = "$2" ] || { echo 'not everything arrived' >&2; exit 1; }
        sync -- "$new" 2>/dev/null || sync
        mv -f -- "$new" "$1"
        """
}
