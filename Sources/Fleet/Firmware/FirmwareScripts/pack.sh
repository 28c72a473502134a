# shellcheck shell=sh
# Prints the state of a guest's firmware as an archive; nothing where it has none yet.
folder=$1 uuid=$2
cd "$folder" || exit 1
set --
[ ! -f "qemu/nvram/kvmctl-$uuid.fd" ] || set -- "qemu/nvram/kvmctl-$uuid.fd"
[ ! -d "swtpm/$uuid" ] || set -- "$@" "swtpm/$uuid"
[ $# = 0 ] || tar -cf - -- "$@"
