# shellcheck shell=sh
# What came in: its lines in "$work/header", and after them the bytes that they name by offset and size.

# Takes it from standard input, or where $1 is "file", from where it was written before.
take() {
    mkdir -p "$all" "$work" && chmod 0700 "$all" "$work" "${work%/*}" || exit 1
    [ "$1" = file ] || cat >"$work/payload" || exit 1
    word=; lines=0; total=0
    [ ! -s "$work/payload" ] || read -r word lines total <"$work/payload"
    if [ "$word" != payload ] || [ "$(wc -c <"$work/payload")" -ne "$total" ]; then
        echo 'what the guest was sent is not whole' >&2
        exit 13
    fi
    head -n "$lines" "$work/payload" >"$work/header" || exit 1
    skipped=$(wc -c <"$work/header")
}
# Prints $2 bytes from the offset $1 on.
part() { tail -c +$((skipped + $1 + 1)) "$work/payload" | head -c "$2"; }
