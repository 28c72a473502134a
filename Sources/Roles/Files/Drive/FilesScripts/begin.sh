# shellcheck shell=sh
# What all of them use.

umask 077
LC_ALL=C; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH
all=/var/lib/kvmctl-files
digest() { sha256sum | cut -c1-64; }
# The name of a path's record.
record() { printf '%s' "$1" | digest; }
# A digest of standard input that tells nobody who has not the salt what was there.
salted() { { cat "$all/salt" && cat; } 2>/dev/null | digest; }
# What a record says the file at $1 is told by now.
told() {
    case $2 in
        secret\ *) printf 'secret %s\n' "$(salted <"$1")" ;;
        *) printf 'plain %s\n' "$(digest <"$1")" ;;
    esac
}
# Goes into a new folder of root's own inside the present one, where its files are made before they are renamed into place: who
# owns the present folder could put a link in the place of a file there.
enter_private() {
    private=$(mktemp -d ./.kvmctl.XXXXXXXX) || exit 1
    private=${private#./}
    around=$(pwd -P)
    trap 'cd .. && rm -rf -- "./$private"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    if ! cd -P -- "./$private" || [ "$(pwd -P)" != "${around%/}/$private" ] ||
        [ "$(stat -c '%u %a' .)" != "$(id -u) 700" ]; then
        trap - EXIT
        echo "another program changes $around at the same time" >&2
        exit 1
    fi
}
