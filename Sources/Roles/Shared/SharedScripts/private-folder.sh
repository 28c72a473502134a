# shellcheck shell=sh
# A folder of root's own beside a file's place. What is noted of it is in "$own/private".

# Goes into a new folder of root's own inside the present one, where its files are made before they are renamed into place: who
# owns the present folder could put a link in the place of a file there. It is noted before it is made, and its number before
# anything is in it, so that what a killed run leaves is found again.
enter_private() {
    private=.kvmctl.$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
    around=$(pwd -P)
    mkdir -p "$own/private" && echo "$around" >"$own/private/$private" || exit 1
    mkdir -- "./$private" || exit 1
    trap 'cd .. && rm -rf -- "./$private"; rm -f "$own/private/$private"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    # In a folder that hands its group down it has that group, and hands it down as well.
    if ! cd -P -- "./$private" || [ "$(pwd -P)" != "${around%/}/$private" ] || [ -n "$(ls -A .)" ] ||
        [ "$(stat -c '%u %a' . | sed 's/ 2/ /')" != "$(id -u) 700" ] || ! chmod g-s .; then
        trap - EXIT
        echo "another program changes $around at the same time" >&2
        exit 1
    fi
    stat -c '%d:%i' . >>"$own/private/$private" || exit 1
}
# Goes out of it and removes it.
leave_private() {
    cd .. || exit 1
    rm -rf -- "./$private"
    trap - EXIT
    rm -f "$own/private/$private"
}
# Removes such folders that a killed run left; another folder in such a place stays.
sweep() (
    for note in "$own/private"/.kvmctl.*; do
        [ -f "$note" ] || continue
        around=$(sed -n 1p "$note")
        inode=$(sed -n 2p "$note")
        # Before its number is noted, nothing is in it.
        (cd -P -- "${around%/}/${note##*/}" 2>/dev/null && [ "$(stat -c %u .)" = "$(id -u)" ] &&
            if [ -n "$inode" ]; then [ "$(stat -c '%d:%i' .)" = "$inode" ] && rm -f ./new; fi &&
            cd .. && rmdir -- "./${note##*/}" 2>/dev/null)
        rm -f "$note"
    done
)
