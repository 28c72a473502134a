# shellcheck shell=sh
# Says how long names take. Arguments: the names.
shift 0
. ./resolve.sh
for name in "$@"; do resolve "$name"; done
exit 0
