# shellcheck shell=sh
# take puts "$size" bytes of standard input, all of them on the disk, in the place of "$path", whose .part was claimed.

take() {
    trap 'rm -f -- "$part"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    cat >/dev/fd/9 || exit 1
    [ "$(stat -L -c %s /dev/fd/9)" = "$size" ] || { echo 'the data arrived incompletely' >&2; exit 1; }
    sync /dev/fd/9 2>/dev/null || sync
    is_ours || { echo "somebody took $part away" >&2; exit 1; }
    mv -fT -- "$part" "$path"
}
