# shellcheck shell=sh
# Makes the keys of a guest unless they are there; prints both public halves, a line each, and the private half of the host's.
#
# Where the seed is there already a new key would let nobody in, and nothing is made or printed.
folder=$1 seed=$2
umask 077
if [ ! -d "$folder" ]; then
    [ -e "$seed" ] && exit 0
    command -v ssh >/dev/null && command -v ssh-keygen >/dev/null || exit 0
    rm -rf -- "$folder.part" && mkdir -p "$folder.part" || exit 1
    for name in key host; do
        ssh-keygen -q -t ed25519 -N '' -C kvmctl -f "$folder.part/$name" </dev/null || exit 1
    done
    sed 's/^/guest /' "$folder.part/host.pub" >"$folder.part/known" || exit 1
    sync -- "$folder.part"/* 2>/dev/null || sync
    mv -T -- "$folder.part" "$folder" || exit 1
fi
cat -- "$folder/key.pub" "$folder/host.pub" "$folder/host"
