# shellcheck shell=sh
# Prints the node's facts as facts does, then a mark, then what is in the folders as folders does.
#
# own: the cluster's folder; look: the script folder-look; list: the script folders, with what it takes for count and nonce.
# More arguments: the folders. Where one of them hangs, none is listed.
own=$1 look=$2 list=$3 count=$4 nonce=$5
shift 5
. ./tell-facts.sh
tell_facts "$@" || set --
printf '\n==> %s <==\n' "$nonce"
[ $# -gt 0 ] || exit 0
exec sh -c "$list" kvmctl "$count" "$nonce" "$@"
