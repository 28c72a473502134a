# shellcheck shell=sh
# Gives the state of a guest's firmware its name again.
folder=$1 uuid=$2
cd "$folder" || exit 0
for name in "qemu/nvram/kvmctl-$uuid.fd" "swtpm/$uuid"; do
    [ -e "$name" ] || [ ! -e "$name.left" ] || mv -T -- "$name.left" "$name" || exit 1
done
