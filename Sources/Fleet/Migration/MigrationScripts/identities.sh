# shellcheck shell=sh
# Prints inode and path of files. Arguments: the paths; one that is not there is left out.
shift 0
LC_ALL=C stat -L -c '%i %n' -- "$@" 2>/dev/null
exit 0
