# shellcheck shell=sh
# Takes what tells a folder apart out of it, where nothing else is there; fails where that cannot be seen.
folder=$1
[ -d "$folder/.kvmctl/" ] || exit 0
others=$(find "$folder/" -mindepth 1 -maxdepth 1 ! -name .kvmctl ! -name lost+found) || exit 1
[ -z "$others" ] || exit 0
rm -f -- "$folder/.kvmctl/id"
rmdir -- "$folder/.kvmctl" 2>/dev/null
exit 0
