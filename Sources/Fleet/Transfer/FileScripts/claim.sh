# shellcheck shell=sh
# claim opens "$path.part" as 9 and waits until nobody else writes it; what is there after the wait may be another file by then.
#
# A link of that name is taken away: who may put one there must not choose which file root writes. From then on the file is
# written and read through what was opened, /dev/fd/9, whatever becomes of its name.

part="$path.part"
is_ours() { [ "$(stat -L -c %d:%i /dev/fd/9)" = "$(stat -c %d:%i -- "$part" 2>/dev/null)" ]; }
claim() {
    while :; do
        [ ! -L "$part" ] || rm -f -- "$part" || exit 1
        [ ! -e "$part" ] || [ -f "$part" ] || { echo "$part is not a file" >&2; exit 1; }
        exec 9>>"$part" || exit 1
        flock 9 || exit 1
        is_ours && break
    done
}
