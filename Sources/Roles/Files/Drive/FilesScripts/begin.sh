# shellcheck shell=sh
# What all of them use.

. ../../../Shared/SharedScripts/private-folder.sh
umask 077
LC_ALL=C; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH
all=/var/lib/kvmctl-files
# The folder of the role that is changed.
own=
digest() { sha256sum | cut -c1-64; }
# The name of a path's record.
record() { printf '%s' "$1" | digest; }
# A digest of standard input that tells nobody who has not the salt what was there.
salted() { { cat "$all/.salt" && cat; } 2>/dev/null | digest; }
# What a record says the file at $1 is told by now.
told() {
    case $2 in
        secret\ *) printf 'secret %s\n' "$(salted <"$1")" ;;
        *) printf 'plain %s\n' "$(digest <"$1")" ;;
    esac
}
